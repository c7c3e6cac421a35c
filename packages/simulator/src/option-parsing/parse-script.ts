import type { ScriptedAnswer } from '../options/script-options.js';
import { checkJsonBody, checkHeaders } from './check-response.js';
import {
  MAX_TIMER_MS,
  forbidUnless,
  checkBoolean,
  checkInteger,
  checkList,
  checkNumber,
  checkObject,
  checkOneOf,
} from './check-values.js';

/** Checks the answers of a script. */
export function parseScript(value: unknown): ScriptedAnswer[] {
  return checkList('answers', value, "answers or 'pass'").map((item, index) => {
    if (item === 'pass') return item;
    const key = `answers[${index}]`;
    const given = checkObject(key, item, ['status', 'headers', 'body', 'delayMs', 'drop', 'revoke', 'execute']);
    const drop = given.drop === undefined ? undefined : checkOneOf(`${key}.drop`, given.drop, ['before', 'after']);
    const execute = given.execute === undefined ? undefined : checkBoolean(`${key}.execute`, given.execute);
    forbidUnless(
      key,
      given,
      'execute',
      drop === undefined || execute === (drop === 'after'),
      `only ${drop === 'after'} with drop '${drop}'`,
    );
    return {
      status: checkInteger(`${key}.status`, given.status, drop === undefined ? 200 : 0, 599),
      ...(given.headers !== undefined && { headers: checkHeaders(`${key}.headers`, given.headers) }),
      ...(given.body !== undefined && { body: checkJsonBody(`${key}.body`, given.body) }),
      ...(given.delayMs !== undefined && { delayMs: checkNumber(`${key}.delayMs`, given.delayMs, 0, MAX_TIMER_MS) }),
      ...(drop !== undefined && { drop }),
      ...(given.revoke !== undefined && { revoke: checkBoolean(`${key}.revoke`, given.revoke) }),
      ...(execute !== undefined && { execute }),
    };
  });
}
