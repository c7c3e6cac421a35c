import { SimulatorOptionError } from '../option-error.js';
import { type CorsSettings, CORS_DEFAULTS } from '../options/cors-options.js';
import { LONG_POLL_DEFAULTS, type LongPollOptions } from '../options/long-poll-options.js';
import { NOTIFICATION_DEFAULTS, type NotificationOptions } from '../options/notification-options.js';
import type { Settings } from '../options/simulator-options.js';
import { SOCKET_DEFAULTS } from '../options/socket-options.js';
import { TOKEN_DEFAULTS } from '../options/token-options.js';
import type { PlatformKind } from '../platform/platform.js';
import { type PlatformName, PLATFORMS } from '../platforms.js';
import { readHeaderName, readHeaderValue } from './check-answers.js';
import {
  MAX_COUNT,
  MAX_TIMER_MS,
  onlyWith,
  readBoolean,
  readInteger,
  readList,
  readNumber,
  readObject,
  readOneOf,
} from './check-values.js';
import { readFault } from './parse-faults.js';
import { readLimits } from './parse-limits.js';
import { readSockets } from './parse-socket-options.js';
import { readTokens } from './parse-token-options.js';

const QUOTA_HEADERS = ['none', 'inin', 'ratelimit', 'ratelimit-policy', 'x-ratelimit', 'x-rate-limit'] as const;
const CHANGEABLE = [
  'serviceMs',
  'limits',
  'tokens',
  'quotaHeaders',
  'retryAfter',
  'clockSkewMs',
  'limitKeyInBody',
  'cors',
  'longPoll',
  'sockets',
  'notifications',
  'faults',
] as const;
const OPTIONS = ['platform', 'port', 'seed', ...CHANGEABLE] as const;
/** JavaScript dates end 8.64e15 ms from 1970; a thousandth of that leaves room on both sides. */
const MAX_SKEW_MS = 8_640_000_000_000;

/** Options, checked and complete. */
interface ReadOptions {
  readonly platform: PlatformName;
  readonly port: number;
  readonly seed: number;
  readonly settings: Settings;
}

/** Checks all options and fills in the defaults. */
export function readOptions(options: unknown): ReadOptions {
  const given = readObject('options', options, OPTIONS);
  const platform = readOneOf('platform', given.platform, Object.keys(PLATFORMS) as PlatformName[]);
  const kind: PlatformKind = PLATFORMS[platform];
  const port = given.port === undefined ? 0 : readInteger('port', given.port, 0, 65_535);
  const seed =
    given.seed === undefined ? 1 : readInteger('seed', given.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  const changeable = Object.fromEntries(CHANGEABLE.map((key) => [key, given[key]]));
  const defaults: Settings = {
    service: { min: 0, max: 0 },
    limits: readLimits('limits', kind.defaultLimits, seed, kind.paths),
    tokens: TOKEN_DEFAULTS,
    quotaHeaders: 'none',
    retryAfter: 'seconds',
    clockSkewMs: 0,
    limitKeyInBody: false,
    cors: CORS_DEFAULTS,
    longPoll: LONG_POLL_DEFAULTS,
    sockets: SOCKET_DEFAULTS,
    notifications: NOTIFICATION_DEFAULTS,
    faults: [],
  };
  return { platform, port, seed, settings: { ...defaults, ...readChange(changeable, kind, seed, defaults) } };
}

/** Checks the keys that are there, and no others come back. `tokens` is merged with what held before. */
export function readChange(
  change: unknown,
  { paths, ownOptions }: PlatformKind,
  seed: number,
  before: Settings,
): Partial<Settings> {
  const given = readObject('options', change, CHANGEABLE);
  onlyWith('', given, 'longPoll', ownOptions.includes('longPoll'), "only with platform 'cxone'");
  onlyWith('', given, 'notifications', ownOptions.includes('notifications'), "only with platform 'genesys'");
  const has = (key: (typeof CHANGEABLE)[number]): boolean => given[key] !== undefined;
  return {
    ...(has('serviceMs') && { service: readService(given.serviceMs) }),
    ...(has('limits') && { limits: readLimits('limits', given.limits, seed, paths) }),
    ...(has('tokens') && { tokens: readTokens(given.tokens, before.tokens, ownOptions) }),
    ...(has('quotaHeaders') && { quotaHeaders: readOneOf('quotaHeaders', given.quotaHeaders, QUOTA_HEADERS) }),
    ...(has('retryAfter') && { retryAfter: readHeaderValue('retryAfter', given.retryAfter) }),
    ...(has('clockSkewMs') && {
      clockSkewMs: readInteger('clockSkewMs', given.clockSkewMs, -MAX_SKEW_MS, MAX_SKEW_MS),
    }),
    ...(has('limitKeyInBody') && { limitKeyInBody: readBoolean('limitKeyInBody', given.limitKeyInBody) }),
    ...(has('cors') && { cors: readCors(given.cors) }),
    ...(has('longPoll') && { longPoll: readLongPoll(given.longPoll) }),
    ...(has('sockets') && { sockets: readSockets(given.sockets, before.sockets, seed, paths) }),
    ...(has('notifications') && {
      notifications: readNotifications(given.notifications, before.notifications),
    }),
    ...(has('faults') && {
      faults: readList('faults', given.faults, 'faults').map((item, index) => readFault(item, index, paths)),
    }),
  };
}

function readService(value: unknown): { min: number; max: number } {
  if (typeof value === 'number') {
    const ms = readNumber('serviceMs', value, 0, MAX_TIMER_MS);
    return { min: ms, max: ms };
  }
  const given = readObject('serviceMs', value, ['min', 'max']);
  const min = readNumber('serviceMs.min', given.min, 0, MAX_TIMER_MS);
  return { min, max: readNumber('serviceMs.max', given.max, min, MAX_TIMER_MS) };
}

function readCors(value: unknown): CorsSettings | undefined {
  if (value === false) return undefined;
  const given = readObject('cors', value, ['exposeHeaders', 'credentials']);
  const { exposeHeaders, credentials } = { ...CORS_DEFAULTS, ...given };
  return {
    exposeHeaders: readList('cors.exposeHeaders', exposeHeaders, 'header names').map((name, index) =>
      readHeaderName(`cors.exposeHeaders[${index}]`, name),
    ),
    credentials: readBoolean('cors.credentials', credentials),
  };
}

function readLongPoll(value: unknown): Required<LongPollOptions> {
  const { empty, maxWaitMs } = readObject('longPoll', value, ['empty', 'maxWaitMs']);
  if (empty !== undefined && empty !== 200 && empty !== 204 && empty !== 304) {
    throw new SimulatorOptionError('longPoll.empty', empty, '200, 204 or 304');
  }
  return {
    empty: empty ?? LONG_POLL_DEFAULTS.empty,
    maxWaitMs:
      maxWaitMs === undefined
        ? LONG_POLL_DEFAULTS.maxWaitMs
        : readInteger('longPoll.maxWaitMs', maxWaitMs, 0, MAX_TIMER_MS),
  };
}

function readNotifications(value: unknown, before: Required<NotificationOptions>): Required<NotificationOptions> {
  const given = readObject('notifications', value, Object.keys(NOTIFICATION_DEFAULTS));
  const read = (name: keyof NotificationOptions, max: number): number =>
    given[name] === undefined ? before[name] : readInteger(`notifications.${name}`, given[name], 1, max);
  return {
    channelsPerUser: read('channelsPerUser', MAX_COUNT),
    topicsPerChannel: read('topicsPerChannel', MAX_COUNT),
    lifetimeMs: read('lifetimeMs', MAX_TIMER_MS),
    heartbeatMs: read('heartbeatMs', MAX_TIMER_MS),
  };
}
