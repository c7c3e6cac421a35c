import { CALL_DEFAULTS, type CallOptions } from '../options/call-options.js';
import { MAX_TIMER_MS, checkBoolean, checkInteger, checkNumber, checkObject, checkOneOf } from './check-values.js';

/** More calls per second than this need several processes. */
const MAX_CALLS_PER_SECOND = 1000;

/** Checks the options of calls. Keys that are not given keep their previous value. */
export function parseCallOptions(value: unknown, before: Required<CallOptions>): Required<CallOptions> {
  const given = checkObject('calls', value, Object.keys(CALL_DEFAULTS));
  const { perSecond, ringMs, talkMs, autoAnswer, signalling } = given;
  return {
    perSecond:
      perSecond === undefined ? before.perSecond : checkNumber('calls.perSecond', perSecond, 0, MAX_CALLS_PER_SECOND),
    ringMs: ringMs === undefined ? before.ringMs : checkInteger('calls.ringMs', ringMs, 1, MAX_TIMER_MS),
    talkMs: talkMs === undefined ? before.talkMs : checkInteger('calls.talkMs', talkMs, 1, MAX_TIMER_MS),
    autoAnswer: autoAnswer === undefined ? before.autoAnswer : checkBoolean('calls.autoAnswer', autoAnswer),
    signalling:
      signalling === undefined ? before.signalling : checkOneOf('calls.signalling', signalling, ['jingle', 'sdp']),
  };
}
