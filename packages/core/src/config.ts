import { BREAKER_DEFAULTS, checkBreaker, type BreakerOptions } from './breaker/options.js';
import type { CircuitSnapshot } from './breaker/policy.js';
import {
  either,
  flag,
  isRecord,
  list,
  number,
  oneOf,
  orFalse,
  record,
  refuse,
  shape,
  text,
  type Check,
} from './check.js';
import { PRIORITIES, type Priority } from './context.js';
import { checkDeadLetters, type DeadLetterOptions } from './dead-letters/options.js';
import { checkDeadline, DEADLINE_DEFAULTS, type DeadlineOptions } from './deadline/options.js';
import { checkPaths, parseEndpoint, type Endpoint, type PathOptions } from './endpoint.js';
import { ConfigError } from './errors.js';
import type { ScopeLearnings } from './governor/directory.js';
import { checkBulkhead, checkGovernor, checkQuota, checkTogether, GOVERNOR_DEFAULTS } from './governor/options.js';
import type { BulkheadOptions, GovernorOptions, PlacedQuota, Quota } from './governor/options.js';
import type { Learning } from './governor/scope.js';
import { checkIdempotency, IDEMPOTENCY_DEFAULTS, type IdempotencyOptions } from './idempotency/options.js';
import { port, type Clock, type DeadLetters, type Random, type Store, type Tokens } from './ports.js';
import {
  checkRetry,
  RETRY_DEFAULTS,
  RETRY_PROFILES,
  type ResolvedRetry,
  type RetryOptions,
  type RetryProfile,
} from './retry/options.js';
import { checkToken, type TokenOptions } from './token/options.js';

/** Governor options of one endpoint. */
export interface EndpointGovernor {
  /**
   * Its attempts spend none of the line's quotas and wait in a queue of their own, so that neither holds up the other: for long
   * polls.
   * @defaultValue false
   */
  apart?: boolean;
  /**
   * Quotas of this endpoint, besides those of the line. Their scope is `route` unless said otherwise.
   * @defaultValue none
   */
  quotas?: Quota[];
}

/** What an endpoint pattern may change. What it leaves out comes from the line. */
export interface EndpointPolicies {
  /**
   * Quotas of this endpoint besides those of the line; `false`: neither.
   * @defaultValue those of the line
   */
  governor?: EndpointGovernor | false;
  /**
   * Retries of this endpoint, laid over those of the line option by option.
   * @defaultValue that of the line
   */
  retry?: RetryOptions | RetryProfile | false;
  /**
   * Its circuit breaker, laid over that of the line option by option.
   * @defaultValue that of the line
   */
  breaker?: BreakerOptions | false;
  /**
   * Its idempotency keys, laid over those of the line option by option.
   * @defaultValue that of the line
   */
  idempotency?: IdempotencyOptions | false;
  /**
   * Its total time budget.
   * @defaultValue that of the line
   */
  deadline?: DeadlineOptions;
  /**
   * Bound on its attempts on the wire at the same time, instead of that of the line.
   * @defaultValue that of the line
   */
  bulkhead?: BulkheadOptions | false;
  /**
   * A POST that only reads: repeating it is safe.
   * @defaultValue false
   */
  readOnly?: boolean;
  /**
   * The platform honours an idempotency key here: one is sent, and repeating is safe.
   * @defaultValue false
   */
  keyed?: boolean;
  /**
   * Priority of its calls where the caller names none.
   * @defaultValue 'normal'
   */
  priority?: Priority;
  /**
   * Permits one call costs.
   * @defaultValue 1
   */
  weight?: number;
}

/** State of a line as plain JSON, to hand to the next start. */
export interface LineState {
  /** Circuits that are not closed. */
  breakers?: Pick<CircuitSnapshot, 'scope' | 'state' | 'retryAt'>[];
  /** Limits that were learned, and how the platform was found to count. */
  quotas?: ScopeLearnings[];
}

/** Configuration of a line. Everything may be left out; an unknown key or a wrong value is a `ConfigError` at once. */
export interface HoldlineConfig {
  /**
   * Quotas, queue and gates. `false`: none, and retries wait for Retry-After by themselves.
   * @defaultValue on, without quotas: see {@link GovernorOptions}
   */
  governor?: GovernorOptions | false;
  /**
   * Retries: options, a named profile, or none.
   * @defaultValue on: see {@link RetryOptions}
   */
  retry?: RetryOptions | RetryProfile | false;
  /**
   * The circuit breaker.
   * @defaultValue on: see {@link BreakerOptions}
   */
  breaker?: BreakerOptions | false;
  /**
   * Token refresh. Without it the client's own Authorization goes out as it is.
   * @defaultValue none
   */
  token?: TokenOptions;
  /**
   * Idempotency keys.
   * @defaultValue on: see {@link IdempotencyOptions}
   */
  idempotency?: IdempotencyOptions | false;
  /**
   * Total time budget.
   * @defaultValue no bound: see {@link DeadlineOptions}
   */
  deadline?: DeadlineOptions;
  /**
   * Bound on attempts on the wire at the same time.
   * @defaultValue none
   */
  bulkhead?: BulkheadOptions | false;
  /**
   * Changes per endpoint. The most specific pattern wins, policy by policy.
   * @defaultValue none
   */
  endpoints?: Record<string, EndpointPolicies>;
  /**
   * How paths are read before they are matched.
   * @defaultValue as they are: see {@link PathOptions}
   */
  paths?: PathOptions;
  /**
   * State saved by `exportState` of an earlier line.
   * @defaultValue none
   */
  state?: LineState;
  /**
   * What is given up, and kept to be replayed. `false`: nothing.
   * @defaultValue on, where `store` is given and has a place for it: see {@link DeadLetterOptions}
   */
  deadLetters?: DeadLetterOptions | false;
  /** Where journal and dead letters are kept. @defaultValue a journal in memory */
  store?: Store;
  /** The source of time. @defaultValue the system's */
  clock?: Clock;
  /** The source of chance. @defaultValue `Math.random` */
  random?: Random;
}

const journalCheck = port<Store['journal']>('journal', 'get', 'put', 'delete');
const lettersCheck = port<DeadLetters>(
  'keeper of dead letters',
  'office',
  'put',
  'list',
  'claim',
  'renew',
  'settle',
  'delete',
);
const tokensCheck = port<Tokens>('keeper of tokens', 'fleet', 'claim', 'put', 'renew', 'release', 'listen');
const storeCheck: Check<Store> = (value, key) => {
  if (!isRecord(value)) refuse(key, value, 'a store such as memoryStore()');
  journalCheck(value['journal'], `${key}.journal`);
  if (value['deadLetters'] !== undefined) lettersCheck(value['deadLetters'], `${key}.deadLetters`);
  if (value['tokens'] !== undefined) tokensCheck(value['tokens'], `${key}.tokens`);
  return value as unknown as Store;
};

const priorityCheck = oneOf(...PRIORITIES);
const weightCheck = number({ min: 1, integer: true });

const checkEndpoint = shape<EndpointPolicies>({
  governor: orFalse(shape<EndpointGovernor>({ apart: flag, quotas: list(checkQuota) })),
  retry: orFalse(checkRetry),
  breaker: orFalse(checkBreaker),
  idempotency: orFalse(checkIdempotency),
  deadline: checkDeadline,
  bulkhead: orFalse(checkBulkhead),
  readOnly: flag,
  keyed: flag,
  priority: priorityCheck,
  weight: weightCheck,
});

const endpointRecord = record(checkEndpoint, (name, key) => void parseEndpoint(name, key));
const endpointsCheck: typeof endpointRecord = (value, key) => {
  const endpoints = endpointRecord(value, key);
  for (const [pattern, { governor }] of Object.entries(endpoints)) {
    const names = parseEndpoint(pattern, key).segments.filter((segment) => segment.startsWith(':'));
    for (const [i, quota] of (governor || undefined)?.quotas?.entries() ?? []) {
      if (quota.key === undefined || names.includes(`:${quota.key}`)) continue;
      const allowed =
        names.length === 0
          ? 'a parameter of the pattern, which has none'
          : `one of ${names.join(', ')} without the colon`;
      refuse(`${key}['${pattern}'].governor.quotas[${i}].key`, quota.key, allowed);
    }
  }
  return endpoints;
};

const learning = shape<Learning>({
  name: text,
  given: either(number({ min: 1 }), oneOf('discover'), (value) => typeof value === 'number'),
  limit: number({ min: 1 }),
  windowMs: number({ above: 0 }),
  counts: oneOf('fixed', 'sliding', 'bucket'),
});
const learnings = shape<ScopeLearnings>({
  scope: text,
  quotas: list((value, key) => {
    const { name, given, limit, windowMs, counts } = learning(value, key);
    if (given === undefined || limit === undefined || windowMs === undefined)
      refuse(key, value, 'a learned quota as exportState() gives it');
    return { name, given, limit, windowMs, counts };
  }),
});

const checkState = shape<LineState>({
  breakers: list((value, key) => {
    const known = oneOf('closed', 'open', 'half-open', 'isolated');
    if (!isRecord(value)) refuse(key, value, 'a circuit as exportState() gives it');
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
  endpoints: endpointsCheck,
  paths: checkPaths,
  state: checkState,
  deadLetters: orFalse(checkDeadLetters),
  store: storeCheck,
  clock: port<Clock>('clock', 'now', 'wall', 'setTimer'),
  random: port<Random>('random', 'next'),
});

/** Checks a configuration; retry profiles become their options. */
export const parseConfig = (value: unknown): HoldlineConfig => checkConfig(value, '');

/**
 * Checks what the options of a configuration need of each other.
 *
 * @throws ConfigError
 */
export function checkWhole(config: HoldlineConfig): HoldlineConfig {
  if (config.governor) checkTogether(config.governor, 'governor');
  if (config.deadLetters && !config.store?.deadLetters)
    throw new ConfigError('deadLetters needs a store that has a place for them, such as memoryStore()');
  return config;
}

/** The endpoint patterns of a checked configuration. */
export function endpointsOf(config: HoldlineConfig): [Endpoint, EndpointPolicies][] {
  return Object.entries(config.endpoints ?? {}).map(([pattern, policies]) => [
    parseEndpoint(pattern, 'endpoints'),
    policies,
  ]);
}

/** All policies of a route, resolved: what its endpoints say over what the line says over the defaults. */
export interface RoutePolicies {
  governor: (Required<GovernorOptions> & { endpointQuotas: readonly PlacedQuota[]; apart: boolean }) | false;
  retry: ResolvedRetry | false;
  breaker: Required<BreakerOptions> | false;
  idempotency: Required<IdempotencyOptions> | false;
  deadline: Required<DeadlineOptions>;
  bulkhead: BulkheadOptions | false;
  readOnly: boolean;
  keyed: boolean;
  priority: number;
  weight: number;
}

/** An endpoint that fits a request, with its policies. */
export interface EndpointMatch {
  readonly endpoint: Endpoint;
  readonly policies: EndpointPolicies;
}

function quotasOf(match: EndpointMatch | undefined): PlacedQuota[] {
  const { endpoint, policies } = match ?? {};
  const quotas = (policies?.governor || undefined)?.quotas ?? [];
  return quotas.map((quota) => {
    if (quota.key === undefined) return { scope: 'route', ...quota };
    const { segments } = endpoint as Endpoint;
    const segment = segments.indexOf(`:${quota.key}`);
    return { ...quota, segment, entity: `/${segments.slice(0, segment + 1).join('/')}` };
  });
}

/** What the line says of all its attempts does not hold for those that go apart. */
const APART = { quotas: [], ratePerSec: Infinity, rampUpMs: 0 } as const satisfies Partial<GovernorOptions>;

type Layered = 'retry' | 'breaker' | 'idempotency' | 'deadline';

/** @param matches The endpoints that fit, most specific first. */
export function resolvePolicies(config: HoldlineConfig, matches: readonly EndpointMatch[]): RoutePolicies {
  const matching = (key: keyof EndpointPolicies): EndpointMatch | undefined =>
    matches.find(({ policies }) => policies[key] !== undefined);
  const most = <K extends keyof EndpointPolicies>(key: K): EndpointPolicies[K] | undefined =>
    matching(key)?.policies[key];
  const layered = <T extends object>(key: Layered, defaults: T): T | false => {
    const own = most(key);
    const line = config[key];
    if (own === false || (own === undefined && line === false)) return false;
    return { ...defaults, ...(line as object | undefined), ...(own as object | undefined) };
  };
  const governor = most('governor');
  const bulkhead = most('bulkhead');
  const deadline = layered('deadline', DEADLINE_DEFAULTS) as Required<DeadlineOptions>;
  return {
    governor:
      governor === false || config.governor === false
        ? false
        : {
            ...GOVERNOR_DEFAULTS,
            ...config.governor,
            ...(governor?.apart && APART),
            endpointQuotas: quotasOf(matching('governor')),
            apart: governor?.apart ?? false,
          },
    retry: layered('retry', RETRY_DEFAULTS as ResolvedRetry),
    breaker: layered('breaker', BREAKER_DEFAULTS as Required<BreakerOptions>),
    idempotency: layered('idempotency', IDEMPOTENCY_DEFAULTS),
    deadline,
    bulkhead: bulkhead ? { scope: 'route', ...bulkhead } : (bulkhead ?? config.bulkhead ?? false),
    readOnly: most('readOnly') ?? false,
    keyed: most('keyed') ?? false,
    priority: PRIORITIES.indexOf(most('priority') ?? 'normal'),
    weight: most('weight') ?? 1,
  };
}

const MERGED = ['governor', 'retry', 'breaker', 'idempotency', 'deadline', 'token', 'paths'] as const;

/**
 * `change` over `config`: options inside a policy one by one, endpoints pattern by pattern, there policy by policy. What is
 * `undefined` in `change` counts as left out; a retry profile counts as its options.
 */
export function mergeConfig(config: HoldlineConfig, change: HoldlineConfig): HoldlineConfig {
  const merged: Record<string, unknown> = over(config, change);
  for (const key of MERGED) {
    const [below, above] = [config[key], change[key]].map(key === 'retry' ? profileOptions : (options) => options);
    // Several credentials take the place of the one.
    const replaced = key === 'token' && isRecord(above) && above['pool'] !== undefined;
    if (isRecord(below) && isRecord(above) && !replaced) merged[key] = over(below, above);
  }
  if (!isRecord(config.endpoints) || !isRecord(change.endpoints)) return merged;
  const endpoints: Record<string, unknown> = { ...config.endpoints };
  for (const [pattern, policies] of Object.entries(change.endpoints)) {
    const below = config.endpoints[pattern];
    endpoints[pattern] = isRecord(below) && isRecord(policies) ? over(below, policies) : policies;
  }
  return { ...merged, endpoints: endpoints as Record<string, EndpointPolicies> };
}

function over(below: object, above: object): Record<string, unknown> {
  const given = Object.entries(above).filter(([, value]) => value !== undefined);
  return { ...below, ...Object.fromEntries(given) };
}

function profileOptions(value: unknown): unknown {
  return typeof value === 'string' && Object.hasOwn(RETRY_PROFILES, value)
    ? RETRY_PROFILES[value as RetryProfile]
    : value;
}
