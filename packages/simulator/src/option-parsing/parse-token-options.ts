import { SimulatorOptionError } from '../option-error.js';
import type { Rate, TokenSettings } from '../options/token-options.js';
import { MAX_COUNT, MAX_TIMER_MS, onlyWith, readBoolean, readInteger, readObject } from './check-values.js';

export function readTokens(value: unknown, before: TokenSettings, ownOptions: readonly string[]): TokenSettings {
  const keys = ['clients', 'lifetimeMs', 'rotateRefreshTokens', 'throttle', 'revokeOnFlood', 'tenants', 'fail'];
  const given = readObject('tokens', value, keys);
  onlyWith('tokens', given, 'tenants', ownOptions.includes('tokens.tenants'), "only with platform 'cxone'");
  return {
    clients: given.clients === undefined ? before.clients : readTexts('tokens.clients', given.clients, CLIENTS),
    lifetimeMs:
      given.lifetimeMs === undefined
        ? before.lifetimeMs
        : readInteger('tokens.lifetimeMs', given.lifetimeMs, 1, Number.MAX_SAFE_INTEGER),
    rotateRefreshTokens:
      given.rotateRefreshTokens === undefined
        ? before.rotateRefreshTokens
        : readBoolean('tokens.rotateRefreshTokens', given.rotateRefreshTokens),
    throttle: given.throttle === undefined ? before.throttle : readRate('tokens.throttle', given.throttle),
    revokeOnFlood:
      given.revokeOnFlood === undefined ? before.revokeOnFlood : readRate('tokens.revokeOnFlood', given.revokeOnFlood),
    tenants: given.tenants === undefined ? before.tenants : readTexts('tokens.tenants', given.tenants, TENANTS),
    fail: given.fail === undefined ? undefined : readInteger('tokens.fail', given.fail, 0, MAX_COUNT),
  };
}

const CLIENTS = 'an object of client ids and their secrets, both not empty';
const TENANTS = 'an object of ids and their tenants, both not empty';

function readTexts(key: string, value: unknown, what: string): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SimulatorOptionError(key, value, what);
  }
  const texts = new Map<string, string>();
  for (const [id, text] of Object.entries(value)) {
    // The value is left out of the message: it may be a real secret in the wrong place.
    if (id === '' || typeof text !== 'string' || text === '') {
      throw new SimulatorOptionError(`${key}.${id}`, typeof text, what);
    }
    texts.set(id, text);
  }
  return texts;
}

function readRate(key: string, value: unknown): Rate | undefined {
  if (value === false) return undefined;
  const given = readObject(key, value, ['limit', 'windowMs']);
  return {
    limit: readInteger(`${key}.limit`, given.limit, 1, MAX_COUNT),
    windowMs: readInteger(`${key}.windowMs`, given.windowMs, 1, MAX_TIMER_MS),
  };
}
