import type { FaultSettings } from '../options/fault-options.js';
import { parsePattern } from '../paths/path-pattern.js';
import type { PathDialect } from '../paths/request-path.js';
import { checkJsonBody, checkHeaders } from './check-response.js';
import {
  MAX_COUNT,
  MAX_TIMER_MS,
  forbidUnless,
  checkInteger,
  checkNumber,
  checkObject,
  checkOneOf,
} from './check-values.js';

export function parseFault(value: unknown, index: number, paths: PathDialect): FaultSettings {
  const key = `faults[${index}]`;
  const keys = ['match', 'kind', 'rate', 'every', 'times', 'after', 'delayMs', 'status', 'headers', 'body'];
  const given = checkObject(key, value, keys);
  const kinds = ['drop-before', 'drop-after', 'delay', 'status', 'truncate', 'malformed-headers'] as const;
  const kind = checkOneOf(`${key}.kind`, given.kind, kinds);
  const answers = kind === 'status' || kind === 'malformed-headers';
  forbidUnless(key, given, 'every', given.rate === undefined, "only without 'rate'");
  forbidUnless(key, given, 'status', answers, "only with kind 'status' or 'malformed-headers'");
  forbidUnless(key, given, 'headers', answers, "only with kind 'status' or 'malformed-headers'");
  forbidUnless(key, given, 'body', kind === 'status', "only with kind 'status'");
  return {
    kind,
    pattern: given.match === undefined ? undefined : parsePattern(`${key}.match`, given.match, paths),
    after: given.after === undefined ? 0 : checkInteger(`${key}.after`, given.after, 0, MAX_COUNT),
    delayMs:
      given.delayMs === undefined && kind !== 'delay'
        ? 0
        : checkNumber(`${key}.delayMs`, given.delayMs, 0, MAX_TIMER_MS),
    ...(given.rate !== undefined && { rate: checkNumber(`${key}.rate`, given.rate, 0, 1) }),
    ...(given.every !== undefined && { every: checkInteger(`${key}.every`, given.every, 1, MAX_COUNT) }),
    ...(given.times !== undefined && { times: checkInteger(`${key}.times`, given.times, 0, MAX_COUNT) }),
    ...((given.status !== undefined || kind === 'status') && {
      status: checkInteger(`${key}.status`, given.status, 200, 599),
    }),
    ...(given.headers !== undefined && { headers: checkHeaders(`${key}.headers`, given.headers) }),
    ...(given.body !== undefined && { body: checkJsonBody(`${key}.body`, given.body) }),
  };
}
