import { SimulatorOptionError } from '../option-error.js';
import type { Rate, TokenSettings } from '../options/token-options.js';
import { MAX_COUNT, MAX_TIMER_MS, forbidUnless, checkBoolean, checkInteger, checkObject } from './check-values.js';

export function parseTokenOptions(
  value: unknown,
  before: TokenSettings,
  platformOptions: readonly string[],
): TokenSettings {
  const keys = ['clients', 'expiresInMs', 'rotateRefreshTokens', 'throttle', 'revokeOnFlood', 'tenants', 'fail'];
  const given = checkObject('tokens', value, keys);
  forbidUnless(
    'tokens',
    given,
    'tenants',
    platformOptions.includes('tokens.tenants'),
    "only with platform 'cxone' or 'twilio'",
  );
  return {
    clients:
      given.clients === undefined ? before.clients : parseTextMap('tokens.clients', given.clients, ALLOWED_CLIENTS),
    expiresInMs:
      given.expiresInMs === undefined
        ? before.expiresInMs
        : checkInteger('tokens.expiresInMs', given.expiresInMs, 1, Number.MAX_SAFE_INTEGER),
    rotateRefreshTokens:
      given.rotateRefreshTokens === undefined
        ? before.rotateRefreshTokens
        : checkBoolean('tokens.rotateRefreshTokens', given.rotateRefreshTokens),
    throttle: given.throttle === undefined ? before.throttle : parseRate('tokens.throttle', given.throttle),
    revokeOnFlood:
      given.revokeOnFlood === undefined ? before.revokeOnFlood : parseRate('tokens.revokeOnFlood', given.revokeOnFlood),
    tenants:
      given.tenants === undefined ? before.tenants : parseTextMap('tokens.tenants', given.tenants, ALLOWED_TENANTS),
    fail: given.fail === undefined ? undefined : checkInteger('tokens.fail', given.fail, 0, MAX_COUNT),
  };
}

const ALLOWED_CLIENTS = 'an object of client ids and secrets, both non-empty strings';
const ALLOWED_TENANTS = 'an object of ids and tenants, both non-empty strings';

function parseTextMap(key: string, value: unknown, allowed: string): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SimulatorOptionError(key, value, allowed);
  }
  const texts = new Map<string, string>();
  for (const [id, text] of Object.entries(value)) {
    // The message omits the value, which may be a real secret in the wrong place.
    if (id === '' || typeof text !== 'string' || text === '') {
      throw new SimulatorOptionError(`${key}.${id}`, typeof text, allowed);
    }
    texts.set(id, text);
  }
  return texts;
}

function parseRate(key: string, value: unknown): Rate | undefined {
  if (value === false) return undefined;
  const given = checkObject(key, value, ['limit', 'windowMs']);
  return {
    limit: checkInteger(`${key}.limit`, given.limit, 1, MAX_COUNT),
    windowMs: checkInteger(`${key}.windowMs`, given.windowMs, 1, MAX_TIMER_MS),
  };
}
