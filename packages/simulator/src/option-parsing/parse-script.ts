import type { ScriptedAnswer } from '../options/script-options.js';
import { readBody, readHeaders } from './check-answers.js';
import {
  MAX_TIMER_MS,
  onlyWith,
  readBoolean,
  readInteger,
  readList,
  readNumber,
  readObject,
  readOneOf,
} from './check-values.js';

/** Checks the answers of a script. */
export function readScript(value: unknown): ScriptedAnswer[] {
  return readList('answers', value, "answers or 'pass'").map((item, index) => {
    if (item === 'pass') return item;
    const key = `answers[${index}]`;
    const given = readObject(key, item, ['status', 'headers', 'body', 'delayMs', 'drop', 'revoke', 'execute']);
    const drop = given.drop === undefined ? undefined : readOneOf(`${key}.drop`, given.drop, ['before', 'after']);
    const execute = given.execute === undefined ? undefined : readBoolean(`${key}.execute`, given.execute);
    onlyWith(key, given, 'execute', drop === undefined || execute === (drop === 'after'), `not against drop '${drop}'`);
    return {
      status: readInteger(`${key}.status`, given.status, drop === undefined ? 200 : 0, 599),
      ...(given.headers !== undefined && { headers: readHeaders(`${key}.headers`, given.headers) }),
      ...(given.body !== undefined && { body: readBody(`${key}.body`, given.body) }),
      ...(given.delayMs !== undefined && { delayMs: readNumber(`${key}.delayMs`, given.delayMs, 0, MAX_TIMER_MS) }),
      ...(drop !== undefined && { drop }),
      ...(given.revoke !== undefined && { revoke: readBoolean(`${key}.revoke`, given.revoke) }),
      ...(execute !== undefined && { execute }),
    };
  });
}
