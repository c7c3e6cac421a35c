import { SOCKET_DEFAULTS, type SocketSettings } from '../options/socket-options.js';
import type { PathDialect } from '../paths/request-path.js';
import {
  MAX_COUNT,
  MAX_TIMER_MS,
  readBoolean,
  readInteger,
  readNumber,
  readObject,
  readOneOf,
} from './check-values.js';
import { readFrameLimits, readLimits } from './parse-limits.js';

export function readSockets(value: unknown, before: SocketSettings, seed: number, paths: PathDialect): SocketSettings {
  const given = readObject('sockets', value, Object.keys(SOCKET_DEFAULTS));
  const read = <T>(name: keyof SocketSettings & string, how: (key: string, value: unknown) => T): T | undefined =>
    given[name] === undefined ? undefined : how(`sockets.${name}`, given[name]);
  return {
    upgrades: read('upgrades', (key, list) => readLimits(key, list, seed, paths)) ?? before.upgrades,
    refuse: read('refuse', (key, word) => readOneOf(key, word, ['answer', 'drop'])) ?? before.refuse,
    upgradeMs: read('upgradeMs', (key, ms) => readNumber(key, ms, 0, MAX_TIMER_MS)) ?? before.upgradeMs,
    sessionsPerUser:
      read('sessionsPerUser', (key, word) => readOneOf(key, word, ['many', 'refuse', 'replace'])) ??
      before.sessionsPerUser,
    frames: read('frames', (key, list) => readFrameLimits(key, list, seed, paths)) ?? before.frames,
    maxFrameBytes: read('maxFrameBytes', (key, bytes) => readInteger(key, bytes, 1, MAX_COUNT)) ?? before.maxFrameBytes,
    readBytesPerSecond:
      read('readBytesPerSecond', (key, rate) => readNumber(key, rate, 0, Infinity)) ?? before.readBytesPerSecond,
    deflate: read('deflate', readBoolean) ?? before.deflate,
  };
}
