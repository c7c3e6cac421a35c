import { SOCKET_DEFAULTS, type SocketSettings } from '../options/socket-options.js';
import type { PathDialect } from '../paths/request-path.js';
import {
  MAX_COUNT,
  MAX_TIMER_MS,
  checkBoolean,
  checkInteger,
  checkNumber,
  checkObject,
  checkOneOf,
} from './check-values.js';
import { parseFrameLimits, parseLimits } from './parse-limits.js';

export function parseSocketOptions(
  value: unknown,
  before: SocketSettings,
  seed: number,
  paths: PathDialect,
): SocketSettings {
  const given = checkObject('sockets', value, Object.keys(SOCKET_DEFAULTS));
  const read = <T>(name: keyof SocketSettings & string, check: (key: string, value: unknown) => T): T | undefined =>
    given[name] === undefined ? undefined : check(`sockets.${name}`, given[name]);
  return {
    upgrades: read('upgrades', (key, list) => parseLimits(key, list, seed, paths)) ?? before.upgrades,
    refuse: read('refuse', (key, word) => checkOneOf(key, word, ['answer', 'drop'])) ?? before.refuse,
    upgradeMs: read('upgradeMs', (key, ms) => checkNumber(key, ms, 0, MAX_TIMER_MS)) ?? before.upgradeMs,
    sessionsPerUser:
      read('sessionsPerUser', (key, word) => checkOneOf(key, word, ['many', 'refuse', 'replace'])) ??
      before.sessionsPerUser,
    frames: read('frames', (key, list) => parseFrameLimits(key, list, seed, paths)) ?? before.frames,
    maxFrameBytes:
      read('maxFrameBytes', (key, bytes) => checkInteger(key, bytes, 1, MAX_COUNT)) ?? before.maxFrameBytes,
    readBytesPerSecond:
      read('readBytesPerSecond', (key, rate) => checkNumber(key, rate, 0, Infinity)) ?? before.readBytesPerSecond,
    deflate: read('deflate', checkBoolean) ?? before.deflate,
  };
}
