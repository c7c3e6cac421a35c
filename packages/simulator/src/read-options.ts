import {
  MAX_TIMER_MS,
  SimulatorOptionError,
  onlyWith,
  readBoolean,
  readHeaderName,
  readHeaderValue,
  readHeaders,
  readInteger,
  readList,
  readNumber,
  readObject,
  readOneOf,
} from './check.js';
import { parsePattern, type PathDialect } from './match.js';
import type {
  CorsSettings,
  FaultSettings,
  LongPollOptions,
  Rate,
  ScriptedAnswer,
  Settings,
  TokenSettings,
} from './options.js';
import type { PlatformKind } from './platform.js';
import { PLATFORMS, type PlatformName } from './platforms.js';
import { MAX_COUNT, readFrameLimits, readLimits } from './read-limits.js';
import type { NotificationOptions } from './genesys/notification-options.js';
import type { SocketSettings } from './sockets/options.js';

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

const DEFAULT_CORS: CorsSettings = { exposeHeaders: [], credentials: false };

const DEFAULT_LONG_POLL: Required<LongPollOptions> = { empty: 304, maxWaitMs: 60_000 };

const DEFAULT_SOCKETS: SocketSettings = {
  upgrades: [],
  refuse: 'answer',
  upgradeMs: 0,
  sessionsPerUser: 'many',
  frames: [],
  maxFrameBytes: 16_777_216,
  readBytesPerSecond: Infinity,
  deflate: false,
};

const DEFAULT_NOTIFICATIONS: Required<NotificationOptions> = {
  channelsPerUser: 20,
  topicsPerChannel: 1000,
  lifetimeMs: 86_400_000,
  heartbeatMs: 30_000,
};

const DEFAULT_TOKENS: TokenSettings = {
  clients: undefined,
  lifetimeMs: 86_400_000,
  rotateRefreshTokens: true,
  throttle: undefined,
  revokeOnFlood: undefined,
  tenants: undefined,
  fail: 0,
};

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
    tokens: DEFAULT_TOKENS,
    quotaHeaders: 'none',
    retryAfter: 'seconds',
    clockSkewMs: 0,
    limitKeyInBody: false,
    cors: DEFAULT_CORS,
    longPoll: DEFAULT_LONG_POLL,
    sockets: DEFAULT_SOCKETS,
    notifications: DEFAULT_NOTIFICATIONS,
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
  const { exposeHeaders, credentials } = { ...DEFAULT_CORS, ...given };
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
    empty: empty ?? DEFAULT_LONG_POLL.empty,
    maxWaitMs:
      maxWaitMs === undefined
        ? DEFAULT_LONG_POLL.maxWaitMs
        : readInteger('longPoll.maxWaitMs', maxWaitMs, 0, MAX_TIMER_MS),
  };
}

function readSockets(value: unknown, before: SocketSettings, seed: number, paths: PathDialect): SocketSettings {
  const given = readObject('sockets', value, Object.keys(DEFAULT_SOCKETS));
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

function readNotifications(value: unknown, before: Required<NotificationOptions>): Required<NotificationOptions> {
  const given = readObject('notifications', value, Object.keys(DEFAULT_NOTIFICATIONS));
  const read = (name: keyof NotificationOptions, max: number): number =>
    given[name] === undefined ? before[name] : readInteger(`notifications.${name}`, given[name], 1, max);
  return {
    channelsPerUser: read('channelsPerUser', MAX_COUNT),
    topicsPerChannel: read('topicsPerChannel', MAX_COUNT),
    lifetimeMs: read('lifetimeMs', MAX_TIMER_MS),
    heartbeatMs: read('heartbeatMs', MAX_TIMER_MS),
  };
}

function readTokens(value: unknown, before: TokenSettings, ownOptions: readonly string[]): TokenSettings {
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

function readFault(value: unknown, index: number, paths: PathDialect): FaultSettings {
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

/** Found out now, not when the answer is due: a body that JSON cannot hold. */
function readBody(key: string, body: unknown): unknown {
  let text: string | undefined;
  try {
    text = JSON.stringify(body);
  } catch {
    text = undefined;
  }
  if (text === undefined) throw new SimulatorOptionError(key, body, 'a string, or a value that JSON can hold');
  return body;
}
