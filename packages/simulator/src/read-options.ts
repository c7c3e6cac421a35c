import {
  MAX_TIMER_MS,
  SimulatorOptionError,
  readBoolean,
  readHeaderValue,
  readHeaders,
  readInteger,
  readList,
  readNumber,
  readObject,
  readOneOf,
} from './check.js';
import { parsePattern, type Pattern } from './match.js';
import type { FaultSettings, LimitSettings, ScriptedAnswer, Settings, TokenSettings } from './options.js';
import { randomStream } from './random.js';

const QUOTA_HEADERS = ['none', 'inin', 'ratelimit', 'ratelimit-policy', 'x-ratelimit', 'x-rate-limit'] as const;
const CHANGEABLE = [
  'serviceMs',
  'limits',
  'tokens',
  'quotaHeaders',
  'retryAfter',
  'clockSkewMs',
  'limitKeyInBody',
  'faults',
] as const;
const OPTIONS = ['platform', 'port', 'seed', ...CHANGEABLE] as const;
const MAX_COUNT = 1_000_000_000;
/** JavaScript dates end 8.64e15 ms from 1970; a thousandth of that leaves room on both sides. */
const MAX_SKEW_MS = 8_640_000_000_000;

const DEFAULT_LIMITS = [
  { name: 'token.rate.per.minute', per: 'token', limit: 300, windowMs: 60_000, enforcement: 'fixed' },
];

const DEFAULT_TOKENS: TokenSettings = {
  clients: undefined,
  lifetimeMs: 86_400_000,
  rotateRefreshTokens: true,
  throttle: undefined,
  fail: 0,
};

/** Checks all options and fills in the defaults. */
export function readOptions(options: unknown): { port: number; seed: number; settings: Settings } {
  const given = readObject('options', options, OPTIONS);
  readOneOf('platform', given.platform, ['genesys']);
  const port = given.port === undefined ? 0 : readInteger('port', given.port, 0, 65_535);
  const seed =
    given.seed === undefined ? 1 : readInteger('seed', given.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  const changeable = Object.fromEntries(CHANGEABLE.map((key) => [key, given[key]]));
  const defaults: Settings = {
    service: { min: 0, max: 0 },
    limits: readLimits(DEFAULT_LIMITS, seed),
    tokens: DEFAULT_TOKENS,
    quotaHeaders: 'none',
    retryAfter: 'seconds',
    clockSkewMs: 0,
    limitKeyInBody: false,
    faults: [],
  };
  return { port, seed, settings: { ...defaults, ...readChange(changeable, seed, DEFAULT_TOKENS) } };
}

/** Checks the keys that are there, and no others come back. `tokens` is merged with what held before. */
export function readChange(change: unknown, seed: number, tokensBefore: TokenSettings): Partial<Settings> {
  const given = readObject('options', change, CHANGEABLE);
  const has = (key: (typeof CHANGEABLE)[number]): boolean => given[key] !== undefined;
  return {
    ...(has('serviceMs') && { service: readService(given.serviceMs) }),
    ...(has('limits') && { limits: readLimits(given.limits, seed) }),
    ...(has('tokens') && { tokens: readTokens(given.tokens, tokensBefore) }),
    ...(has('quotaHeaders') && { quotaHeaders: readOneOf('quotaHeaders', given.quotaHeaders, QUOTA_HEADERS) }),
    ...(has('retryAfter') && { retryAfter: readHeaderValue('retryAfter', given.retryAfter) }),
    ...(has('clockSkewMs') && {
      clockSkewMs: readInteger('clockSkewMs', given.clockSkewMs, -MAX_SKEW_MS, MAX_SKEW_MS),
    }),
    ...(has('limitKeyInBody') && { limitKeyInBody: readBoolean('limitKeyInBody', given.limitKeyInBody) }),
    ...(has('faults') && { faults: readList('faults', given.faults, 'faults').map(readFault) }),
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

function readLimits(value: unknown, seed: number): LimitSettings[] {
  const names = new Set<string>();
  return readList('limits', value, 'limits').map((item, index) => {
    const key = `limits[${index}]`;
    const limit = readLimit(key, item, seed);
    if (names.has(limit.name)) throw new SimulatorOptionError(`${key}.name`, limit.name, 'a name of its own');
    names.add(limit.name);
    return limit;
  });
}

function readLimit(key: string, value: unknown, seed: number): LimitSettings {
  const keys = ['name', 'per', 'match', 'limit', 'windowMs', 'enforcement', 'phaseMs', 'burst'];
  const given = readObject(key, value, keys);
  const name = given.name;
  if (typeof name !== 'string' || !/^[\w.-]{1,128}$/.test(name)) {
    throw new SimulatorOptionError(`${key}.name`, name, '1 to 128 letters, digits, ".", "_" and "-"');
  }
  const enforcement = readOneOf(`${key}.enforcement`, given.enforcement, ['fixed', 'sliding', 'bucket']);
  const limit = readInteger(`${key}.limit`, given.limit, 1, MAX_COUNT);
  const windowMs = readInteger(`${key}.windowMs`, given.windowMs, 1, MAX_TIMER_MS);
  onlyWith(key, given, 'phaseMs', enforcement === 'fixed', "only with enforcement 'fixed'");
  onlyWith(key, given, 'burst', enforcement === 'bucket', "only with enforcement 'bucket'");
  return {
    name,
    per: readOneOf(`${key}.per`, given.per, ['token', 'client', 'route', 'org']),
    pattern: readMatch(key, given.match),
    limit,
    windowMs,
    enforcement,
    // From the name, not from a running stream: the same limit keeps its phase when others are added at run time.
    phaseMs:
      given.phaseMs === undefined
        ? Math.floor(randomStream(seed, `phase/${name}`).next() * windowMs)
        : readNumber(`${key}.phaseMs`, given.phaseMs, 0, windowMs),
    burst: given.burst === undefined ? limit : readInteger(`${key}.burst`, given.burst, 1, MAX_COUNT),
  };
}

function readTokens(value: unknown, before: TokenSettings): TokenSettings {
  const given = readObject('tokens', value, ['clients', 'lifetimeMs', 'rotateRefreshTokens', 'throttle', 'fail']);
  return {
    clients: given.clients === undefined ? before.clients : readClients(given.clients),
    lifetimeMs:
      given.lifetimeMs === undefined
        ? before.lifetimeMs
        : readInteger('tokens.lifetimeMs', given.lifetimeMs, 1, Number.MAX_SAFE_INTEGER),
    rotateRefreshTokens:
      given.rotateRefreshTokens === undefined
        ? before.rotateRefreshTokens
        : readBoolean('tokens.rotateRefreshTokens', given.rotateRefreshTokens),
    throttle: given.throttle === undefined ? before.throttle : readThrottle(given.throttle),
    fail: given.fail === undefined ? undefined : readInteger('tokens.fail', given.fail, 0, MAX_COUNT),
  };
}

function readClients(value: unknown): Map<string, string> {
  const what = 'an object of client ids and their secrets, both not empty';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SimulatorOptionError('tokens.clients', value, what);
  }
  const clients = new Map<string, string>();
  for (const [id, secret] of Object.entries(value)) {
    // The value is left out of the message: it may be a real secret in the wrong place.
    if (id === '' || typeof secret !== 'string' || secret === '') {
      throw new SimulatorOptionError(`tokens.clients.${id}`, typeof secret, what);
    }
    clients.set(id, secret);
  }
  return clients;
}

function readThrottle(value: unknown): TokenSettings['throttle'] {
  if (value === false) return undefined;
  const given = readObject('tokens.throttle', value, ['limit', 'windowMs']);
  return {
    limit: readInteger('tokens.throttle.limit', given.limit, 1, MAX_COUNT),
    windowMs: readInteger('tokens.throttle.windowMs', given.windowMs, 1, MAX_TIMER_MS),
  };
}

function readFault(value: unknown, index: number): FaultSettings {
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
    pattern: readMatch(key, given.match),
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

function readMatch(key: string, match: unknown): Pattern | undefined {
  return match === undefined ? undefined : parsePattern(`${key}.match`, match);
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

function onlyWith(key: string, given: Record<string, unknown>, name: string, allowed: boolean, rule: string): void {
  if (given[name] !== undefined && !allowed) throw new SimulatorOptionError(`${key}.${name}`, given[name], rule);
}
