import { SimulatorOptionError } from '../option-error.js';
import { BULK_DEFAULTS } from '../options/bulk-options.js';
import { CALL_DEFAULTS } from '../options/call-options.js';
import { type CorsSettings, CORS_DEFAULTS } from '../options/cors-options.js';
import { ENTITY_DEFAULTS, type EntityCounts } from '../options/entity-options.js';
import { JOB_DEFAULTS, type JobOptions } from '../options/job-options.js';
import { NO_LATENCY } from '../options/latency-options.js';
import { LONG_POLL_DEFAULTS, type LongPollOptions } from '../options/long-poll-options.js';
import { NOTIFICATION_DEFAULTS, type NotificationOptions } from '../options/notification-options.js';
import type { Settings } from '../options/simulator-options.js';
import { SOCKET_DEFAULTS } from '../options/socket-options.js';
import { TOKEN_DEFAULTS } from '../options/token-options.js';
import { MAX_ENTITIES } from '../platform/collection.js';
import type { PlatformDefinition } from '../platform/platform.js';
import { type PlatformName, PLATFORMS } from '../platforms.js';
import { checkHeaderName, checkHeaderValue } from './check-response.js';
import {
  MAX_COUNT,
  MAX_TIMER_MS,
  forbidUnless,
  checkBoolean,
  checkInteger,
  checkList,
  checkNumber,
  checkObject,
  checkOneOf,
} from './check-values.js';
import { parseBulkOptions } from './parse-bulk-options.js';
import { parseCacheable } from './parse-cacheable.js';
import { parseCallOptions } from './parse-call-options.js';
import { parseFault } from './parse-faults.js';
import { parseLatency } from './parse-latency.js';
import { parseLimits } from './parse-limits.js';
import { parseSocketOptions } from './parse-socket-options.js';
import { parseTokenOptions } from './parse-token-options.js';

const QUOTA_HEADERS = ['none', 'inin', 'ratelimit', 'ratelimit-policy', 'x-ratelimit', 'x-rate-limit'] as const;
const CHANGEABLE_KEYS = [
  'serviceMs',
  'latency',
  'limits',
  'enforce',
  'tokens',
  'quotaHeaders',
  'retryAfter',
  'clockSkewMs',
  'limitKeyInBody',
  'cacheable',
  'cors',
  'longPoll',
  'maxConcurrent',
  'sockets',
  'notifications',
  'calls',
  'bulk',
  'jobs',
  'faults',
] as const;
const OPTION_KEYS = ['platform', 'port', 'seed', 'entities', 'operations', ...CHANGEABLE_KEYS] as const;
/** JavaScript dates end 8.64e15 ms from 1970. A thousandth of that range is safe in both directions. */
const MAX_SKEW_MS = 8_640_000_000_000;

/** Checked options with all defaults. */
interface ParsedOptions {
  readonly platform: PlatformName;
  readonly port: number;
  readonly seed: number;
  readonly entities: Required<EntityCounts>;
  readonly hasOperations: boolean;
  readonly settings: Settings;
}

/** Checks all options and fills in the defaults. */
export function parseOptions(options: unknown): ParsedOptions {
  const given = checkObject('options', options, OPTION_KEYS);
  const platform = checkOneOf('platform', given.platform, Object.keys(PLATFORMS) as PlatformName[]);
  const kind: PlatformDefinition = PLATFORMS[platform];
  const port = given.port === undefined ? 0 : checkInteger('port', given.port, 0, 65_535);
  const seed =
    given.seed === undefined ? 1 : checkInteger('seed', given.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  forbidUnless('', given, 'entities', kind.platformOptions.includes('entities'), "only with platform 'genesys'");
  forbidUnless('', given, 'operations', kind.platformOptions.includes('operations'), "only with platform 'genesys'");
  const hasOperations = given.operations !== undefined && checkBoolean('operations', given.operations);
  const entities = given.entities === undefined ? ENTITY_DEFAULTS : parseEntities(given.entities);
  const changeable = Object.fromEntries(CHANGEABLE_KEYS.map((key) => [key, given[key]]));
  const defaults: Settings = {
    service: { min: 0, max: 0 },
    latency: NO_LATENCY,
    enforce: true,
    calls: CALL_DEFAULTS,
    limits: parseLimits('limits', kind.defaultLimits, seed, kind.paths),
    tokens: TOKEN_DEFAULTS,
    quotaHeaders: 'none',
    retryAfter: kind.retryAfter ?? 'seconds',
    clockSkewMs: 0,
    limitKeyInBody: false,
    cacheable: [],
    cors: CORS_DEFAULTS,
    longPoll: LONG_POLL_DEFAULTS,
    maxConcurrent: Infinity,
    sockets: SOCKET_DEFAULTS,
    notifications: NOTIFICATION_DEFAULTS,
    bulk: BULK_DEFAULTS,
    jobs: JOB_DEFAULTS,
    faults: [],
  };
  return {
    platform,
    port,
    seed,
    entities,
    hasOperations,
    settings: { ...defaults, ...parseChange(changeable, kind, seed, defaults) },
  };
}

/** Checks the given keys and returns only these. `tokens` is merged with the previous settings. */
export function parseChange(
  change: unknown,
  { paths, platformOptions: platformOptions }: PlatformDefinition,
  seed: number,
  before: Settings,
): Partial<Settings> {
  const given = checkObject('options', change, CHANGEABLE_KEYS);
  forbidUnless('', given, 'longPoll', platformOptions.includes('longPoll'), "only with platform 'cxone'");
  forbidUnless('', given, 'notifications', platformOptions.includes('notifications'), "only with platform 'genesys'");
  forbidUnless('', given, 'calls', platformOptions.includes('calls'), "only with platform 'genesys'");
  forbidUnless('', given, 'jobs', platformOptions.includes('jobs'), "only with platform 'genesys'");
  forbidUnless('', given, 'bulk', platformOptions.includes('bulk'), "only with platform 'genesys'");
  forbidUnless('', given, 'maxConcurrent', platformOptions.includes('maxConcurrent'), "only with platform 'twilio'");
  const has = (key: (typeof CHANGEABLE_KEYS)[number]): boolean => given[key] !== undefined;
  return {
    ...(has('serviceMs') && { service: parseServiceMs(given.serviceMs) }),
    ...(has('latency') && { latency: parseLatency(given.latency, paths) }),
    ...(has('enforce') && { enforce: checkBoolean('enforce', given.enforce) }),
    ...(has('limits') && { limits: parseLimits('limits', given.limits, seed, paths) }),
    ...(has('tokens') && { tokens: parseTokenOptions(given.tokens, before.tokens, platformOptions) }),
    ...(has('quotaHeaders') && { quotaHeaders: checkOneOf('quotaHeaders', given.quotaHeaders, QUOTA_HEADERS) }),
    ...(has('retryAfter') && { retryAfter: checkHeaderValue('retryAfter', given.retryAfter) }),
    ...(has('clockSkewMs') && {
      clockSkewMs: checkInteger('clockSkewMs', given.clockSkewMs, -MAX_SKEW_MS, MAX_SKEW_MS),
    }),
    ...(has('limitKeyInBody') && { limitKeyInBody: checkBoolean('limitKeyInBody', given.limitKeyInBody) }),
    ...(has('cacheable') && { cacheable: parseCacheable(given.cacheable, paths) }),
    ...(has('cors') && { cors: parseCors(given.cors) }),
    ...(has('longPoll') && { longPoll: parseLongPoll(given.longPoll) }),
    ...(has('maxConcurrent') && { maxConcurrent: checkInteger('maxConcurrent', given.maxConcurrent, 1, MAX_COUNT) }),
    ...(has('sockets') && { sockets: parseSocketOptions(given.sockets, before.sockets, seed, paths) }),
    ...(has('notifications') && {
      notifications: parseNotifications(given.notifications, before.notifications),
    }),
    ...(has('calls') && { calls: parseCallOptions(given.calls, before.calls) }),
    ...(has('jobs') && { jobs: parseJobs(given.jobs, before.jobs) }),
    ...(has('bulk') && { bulk: parseBulkOptions(given.bulk, before.bulk) }),
    ...(has('faults') && {
      faults: checkList('faults', given.faults, 'faults').map((item, index) => parseFault(item, index, paths)),
    }),
  };
}

function parseEntities(value: unknown): Required<EntityCounts> {
  const given = checkObject('entities', value, Object.keys(ENTITY_DEFAULTS));
  const counts = Object.entries(given).filter(([, count]) => count !== undefined);
  return {
    ...ENTITY_DEFAULTS,
    ...Object.fromEntries(
      counts.map(([name, count]) => [name, checkInteger(`entities.${name}`, count, 0, MAX_ENTITIES)]),
    ),
  };
}

function parseServiceMs(value: unknown): { min: number; max: number } {
  if (typeof value === 'number') {
    const ms = checkNumber('serviceMs', value, 0, MAX_TIMER_MS);
    return { min: ms, max: ms };
  }
  const given = checkObject('serviceMs', value, ['min', 'max']);
  const min = checkNumber('serviceMs.min', given.min, 0, MAX_TIMER_MS);
  return { min, max: checkNumber('serviceMs.max', given.max, min, MAX_TIMER_MS) };
}

function parseCors(value: unknown): CorsSettings | undefined {
  if (value === false) return undefined;
  const given = checkObject('cors', value, ['exposeHeaders', 'credentials']);
  const { exposeHeaders, credentials } = { ...CORS_DEFAULTS, ...given };
  return {
    exposeHeaders: checkList('cors.exposeHeaders', exposeHeaders, 'header names').map((name, index) =>
      checkHeaderName(`cors.exposeHeaders[${index}]`, name),
    ),
    credentials: checkBoolean('cors.credentials', credentials),
  };
}

function parseLongPoll(value: unknown): Required<LongPollOptions> {
  const { empty, maxWaitMs } = checkObject('longPoll', value, ['empty', 'maxWaitMs']);
  if (empty !== undefined && empty !== 200 && empty !== 204 && empty !== 304) {
    throw new SimulatorOptionError('longPoll.empty', empty, '200, 204 or 304');
  }
  return {
    empty: empty ?? LONG_POLL_DEFAULTS.empty,
    maxWaitMs:
      maxWaitMs === undefined
        ? LONG_POLL_DEFAULTS.maxWaitMs
        : checkInteger('longPoll.maxWaitMs', maxWaitMs, 0, MAX_TIMER_MS),
  };
}

function parseJobs(value: unknown, before: Required<JobOptions>): Required<JobOptions> {
  const given = checkObject('jobs', value, Object.keys(JOB_DEFAULTS));
  const read = (name: keyof JobOptions, min: number, max: number): number =>
    given[name] === undefined ? before[name] : checkInteger(`jobs.${name}`, given[name], min, max);
  return {
    queuedMs: read('queuedMs', 0, MAX_TIMER_MS),
    runMs: read('runMs', 0, MAX_TIMER_MS),
    fail: read('fail', 0, MAX_COUNT),
    expiresInMs: read('expiresInMs', 1, MAX_TIMER_MS),
  };
}

function parseNotifications(value: unknown, before: Required<NotificationOptions>): Required<NotificationOptions> {
  const given = checkObject('notifications', value, Object.keys(NOTIFICATION_DEFAULTS));
  const read = (name: keyof NotificationOptions, max: number): number =>
    given[name] === undefined ? before[name] : checkInteger(`notifications.${name}`, given[name], 1, max);
  return {
    channelsPerUser: read('channelsPerUser', MAX_COUNT),
    topicsPerChannel: read('topicsPerChannel', MAX_COUNT),
    expiresInMs: read('expiresInMs', MAX_TIMER_MS),
    heartbeatMs: read('heartbeatMs', MAX_TIMER_MS),
    lossRate:
      given.lossRate === undefined ? before.lossRate : checkNumber('notifications.lossRate', given.lossRate, 0, 1),
  };
}
