import type { FaultSettings } from '../options/fault-options.js';
import { parsePattern } from '../paths/path-pattern.js';
import type { PathDialect } from '../paths/request-path.js';
import { readBody, readHeaders } from './check-answers.js';
import { MAX_COUNT, MAX_TIMER_MS, onlyWith, readInteger, readNumber, readObject, readOneOf } from './check-values.js';

export function readFault(value: unknown, index: number, paths: PathDialect): FaultSettings {
  const key = `faults[${index}]`;
  const keys = ['match', 'kind', 'rate', 'every', 'times', 'after', 'delayMs', 'status', 'headers', 'body'];
  const given = readObject(key, value, keys);
  const kinds = ['drop-before', 'drop-after', 'delay', 'status', 'truncate', 'malformed-headers'] as const;
  const kind = readOneOf(`${key}.kind`, given.kind, kinds);
  const answers = kind === 'status' || kind === 'malformed-headers';
  onlyWith(key, given, 'every', given.rate === undefined, "not together with 'rate'");
  onlyWith(key, given, 'status', answers, "only with kind 'status' and 'malformed-headers'");
  onlyWith(key, given, 'headers', answers, "only with kind 'status' and 'malformed-headers'");
  onlyWith(key, given, 'body', kind === 'status', "only with kind 'status'");
  return {
    kind,
    pattern: given.match === undefined ? undefined : parsePattern(`${key}.match`, given.match, paths),
    after: given.after === undefined ? 0 : readInteger(`${key}.after`, given.after, 0, MAX_COUNT),
    delayMs:
      given.delayMs === undefined && kind !== 'delay'
        ? 0
        : readNumber(`${key}.delayMs`, given.delayMs, 0, MAX_TIMER_MS),
    ...(given.rate !== undefined && { rate: readNumber(`${key}.rate`, given.rate, 0, 1) }),
    ...(given.every !== undefined && { every: readInteger(`${key}.every`, given.every, 1, MAX_COUNT) }),
    ...(given.times !== undefined && { times: readInteger(`${key}.times`, given.times, 0, MAX_COUNT) }),
    ...((given.status !== undefined || kind === 'status') && {
      status: readInteger(`${key}.status`, given.status, 200, 599),
    }),
    ...(given.headers !== undefined && { headers: readHeaders(`${key}.headers`, given.headers) }),
    ...(given.body !== undefined && { body: readBody(`${key}.body`, given.body) }),
  };
}
