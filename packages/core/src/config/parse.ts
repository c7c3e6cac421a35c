import {
  callable,
  type Check,
  count,
  either,
  flag,
  isRecord,
  list,
  number,
  oneOf,
  orFalse,
  port,
  positive,
  record,
  refuse,
  shape,
  text,
} from '../contract/check.js';
import type { Clock, Random } from '../contract/clock.js';
import { PRIORITIES } from '../contract/context.js';
import { checkCounting } from '../contract/counting.js';
import type { DeadLetters } from '../contract/dead-letters.js';
import { ConfigError } from '../contract/errors.js';
import type { Leases } from '../contract/leases.js';
import type { ConnectionPools } from '../contract/pools.js';
import type { SessionKeys } from '../contract/sessions.js';
import type { Store } from '../contract/store.js';
import type { Tokens } from '../contract/tokens.js';
import { type BulkOptions, checkBulk, checkCache } from '../policies/answers/options.js';
import { checkBreaker } from '../policies/breaker/options.js';
import { checkDeadLetters } from '../policies/dead-letters/options.js';
import { checkDeadline } from '../policies/deadline/options.js';
import type { Learning, ScopeLearnings } from '../policies/governor/limits/snapshot.js';
import { checkBulkhead, checkGovernor, checkQuota, checkTogether } from '../policies/governor/options.js';
import { checkIdempotency } from '../policies/idempotency/options.js';
import { checkRetry } from '../policies/retry/options.js';
import { checkToken } from '../policies/token/options.js';
import { checkPaths, type Endpoint, parseEndpoint } from './endpoint.js';
import type { EndpointGovernor, EndpointPolicies, HoldlineConfig, LineState } from './types.js';

const journalCheck = port<Store['journal']>('journal', 'get', 'put', 'delete');
const optionalParts = {
  leases: port<Leases>('store', 'sharing', 'exchange', 'closeGate', 'gateOf', 'listen'),
  tokens: port<Tokens>('store', 'sharing', 'claim', 'put', 'renew', 'release', 'listen'),
  sessions: port<SessionKeys>('store', 'claim', 'leave', 'listen'),
  deadLetters: port<DeadLetters>('store', 'writer', 'put', 'list', 'claim', 'renew', 'settle', 'delete'),
  watch: callable<NonNullable<Store['watch']>>(),
};
const storeCheck: Check<Store> = (value, key) => {
  if (!isRecord(value)) refuse(key, value, 'a store such as memoryStore()');
  journalCheck(value['journal'], `${key}.journal`);
  for (const [name, check] of Object.entries(optionalParts)) {
    if (value[name] !== undefined) check(value[name], `${key}.${name}`);
  }
  return value as unknown as Store;
};

const priorityCheck = oneOf(...PRIORITIES);

const checkEndpoint = shape<EndpointPolicies>({
  governor: orFalse(shape<EndpointGovernor>({ apart: flag, quotas: list(checkQuota) })),
  retry: orFalse(checkRetry),
  breaker: orFalse(checkBreaker),
  idempotency: orFalse(checkIdempotency),
  deadline: checkDeadline,
  bulkhead: orFalse(checkBulkhead),
  cache: orFalse(checkCache),
  coalesce: flag,
  bulk: orFalse(checkBulk),
  readOnly: flag,
  keyed: flag,
  priority: priorityCheck,
  weight: count,
});

/** Checks bulk reads against the pattern of their endpoint. */
function checkBulkOf(endpoint: Endpoint, names: readonly string[], bulk: BulkOptions, key: string): void {
  const isRead = endpoint.method === 'GET' || endpoint.method === '*';
  if (!isRead || names.length === 0 || endpoint.segments.includes('**'))
    throw new ConfigError(`${key} needs an endpoint such as 'GET /users/:id', with a parameter and without '**'`);
  for (const name of ['list', 'parameter', 'max'] as const) {
    if (bulk[name] === undefined) throw new ConfigError(`${key}.${name} is missing`);
  }
  if (bulk.id !== undefined && !names.includes(bulk.id)) refuse(`${key}.id`, bulk.id, `one of ${names.join(', ')}`);
  const { segments } = parseEndpoint(`GET ${bulk.list}`, `${key}.list`);
  const id = bulk.id ?? names.at(-1);
  const others = names.filter((name) => name !== id).map((name) => `:${name}`);
  const unknown = segments.find((segment) => /^[:*]/.test(segment) && !others.includes(segment));
  if (unknown !== undefined)
    refuse(`${key}.list`, bulk.list, `a path whose parameters are among ${others.join(', ') || 'none'}`);
}

/** Checks a source of invalidations: an endpoint pattern of writes, or a topic. */
function checkSource(source: string, key: string): void {
  if (source.includes(' ')) parseEndpoint(source, key);
  else if (!/^[^./\s]+(\.[^./\s]+)*$/.test(source))
    refuse(key, source, "an endpoint such as 'PATCH /users/bulk', or a topic such as 'v2.users.{id}.presence'");
}

const endpointRecord = record(checkEndpoint, (name, key) => void parseEndpoint(name, key));
const endpointsCheck: typeof endpointRecord = (value, key) => {
  const endpoints = endpointRecord(value, key);
  for (const [pattern, { governor, bulk, cache }] of Object.entries(endpoints)) {
    for (const [i, source] of ((cache || undefined)?.invalidateBy ?? []).entries())
      checkSource(source, `${key}['${pattern}'].cache.invalidateBy[${i}]`);
    const endpoint = parseEndpoint(pattern, key);
    const names = endpoint.segments.flatMap((segment) => (segment[0] === ':' ? segment.slice(1) : []));
    if (bulk) checkBulkOf(endpoint, names, bulk, `${key}['${pattern}'].bulk`);
    for (const [i, quota] of (governor || undefined)?.quotas?.entries() ?? []) {
      if (quota.key === undefined || names.includes(quota.key)) continue;
      const allowed =
        names.length === 0 ? 'absent, because the pattern has no parameter' : `one of ${names.join(', ')}`;
      refuse(`${key}['${pattern}'].governor.quotas[${i}].key`, quota.key, allowed);
    }
  }
  return endpoints;
};

const learning = shape<Learning>({
  name: text,
  given: either(number({ min: 1 }), oneOf('discover'), (value) => typeof value === 'number'),
  limit: number({ min: 1 }),
  windowMs: positive,
  counts: checkCounting,
});
const learnings = shape<ScopeLearnings>({
  scope: text,
  quotas: list((value, key) => {
    const { name, given, limit, windowMs, counts } = learning(value, key);
    if (given === undefined || limit === undefined || windowMs === undefined)
      refuse(key, value, 'a learned quota from exportState()');
    return { name, given, limit, windowMs, counts };
  }),
});

const checkState = shape<LineState>({
  breakers: list((value, key) => {
    const known = oneOf('closed', 'open', 'half-open', 'isolated');
    if (!isRecord(value)) refuse(key, value, 'a circuit from exportState()');
    const { scope, state, retryAt } = value;
    return {
      scope: text(scope, `${key}.scope`),
      state: known(state, `${key}.state`),
      retryAt: retryAt === undefined || retryAt === null ? undefined : number()(retryAt, `${key}.retryAt`),
    };
  }),
  quotas: list((value, key) => {
    const { scope, quotas } = learnings(value, key);
    return { scope: text(scope, `${key}.scope`), quotas: quotas ?? [] };
  }),
});

const checkConfig = shape<HoldlineConfig>({
  governor: orFalse(checkGovernor),
  retry: orFalse(checkRetry),
  breaker: orFalse(checkBreaker),
  token: checkToken,
  idempotency: orFalse(checkIdempotency),
  deadline: checkDeadline,
  bulkhead: orFalse(checkBulkhead),
  cache: orFalse(checkCache),
  coalesce: flag,
  endpoints: endpointsCheck,
  paths: checkPaths,
  state: checkState,
  deadLetters: orFalse(checkDeadLetters),
  dryRun: flag,
  pools: port<ConnectionPools>('connection pool', 'serve'),
  store: storeCheck,
  clock: port<Clock>('clock', 'now', 'wall', 'setTimer'),
  random: port<Random>('random', 'next'),
});

/**
 * Checks a configuration, and replaces retry profiles by their options.
 * @internal
 */
export const parseConfig = (value: unknown): HoldlineConfig => checkConfig(value, '');

/**
 * Checks options that depend on each other.
 *
 * @throws ConfigError if they contradict each other.
 * @internal
 */
export function checkWhole(config: HoldlineConfig): HoldlineConfig {
  if (config.governor) checkTogether(config.governor, 'governor');
  if (config.deadLetters && !config.store?.deadLetters)
    throw new ConfigError('deadLetters needs a store that keeps dead letters, such as memoryStore()');
  for (const [i, source] of ((config.cache || undefined)?.invalidateBy ?? []).entries())
    checkSource(source, `cache.invalidateBy[${i}]`);
  for (const [pattern, { cache }] of Object.entries(config.endpoints ?? {})) {
    if (!cache || config.cache === false) continue;
    if ({ ...config.cache, ...cache }.ttlMs === undefined && !(cache.rules ?? config.cache?.rules))
      throw new ConfigError(`endpoints['${pattern}'].cache needs ttlMs or rules`);
  }
  return config;
}
