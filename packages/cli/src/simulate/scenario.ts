import { check, ConfigError, PRIORITIES, type Check, type Priority } from '@holdline/core';
import { parseDuration, wrong } from './duration.js';
import type {
  Duration,
  LoadCall,
  LoadGroup,
  Platform,
  PlatformLimit,
  RecordedLoad,
  Scenario,
  SimulatedConfig,
} from './types.js';

/** Maximal number of calls of a load; a run keeps some 50 bytes of each. */
export const MAX_CALLS = 1_000_000;
/** Maximal number of groups, and of groups by tenant or route of a recording. */
export const MAX_GROUPS = 200;

/** A limit with all defaults. Times are in ms. */
export interface LimitSettings {
  name: string | undefined;
  limit: number;
  windowMs: number;
  per: 'token' | 'route' | 'org';
  match: string | undefined;
  counts: 'fixed' | 'sliding' | 'bucket';
  phaseMs: number;
  burst: number | undefined;
}

/** A distribution of service times. `p50Ms` equals `p95Ms` for a constant. */
export interface ServiceTime {
  p50Ms: number;
  p95Ms: number;
}

export interface PlatformSettings {
  limits: LimitSettings[];
  /** Undefined: 100 ms, or the service times of the recording. */
  service: ServiceTime | undefined;
  errorRate: number;
  errorStatus: number;
  retryAfter: 'seconds' | 'exact' | 'none';
  others: { everyMs: number; route: string } | undefined;
}

export interface CallSettings {
  method: string;
  path: string;
  route: string;
  times: number;
  everyMs: number;
  afterMs: number;
  asks: 'each' | 'agent' | 'all' | number;
  priority: Priority | undefined;
  tenant: string | undefined;
}

export interface GroupSettings {
  name: string;
  count: number;
  withinMs: number;
  startMs: number;
  arrival: NonNullable<LoadGroup['arrival']>;
  calls: CallSettings[];
  inOrder: boolean;
  repeat: number;
  repeatEveryMs: number;
}

/** A checked scenario with all defaults. Times are in ms. */
export interface ScenarioSettings {
  platform: PlatformSettings;
  holdline: SimulatedConfig;
  credentials: number;
  load: GroupSettings[] | Required<RecordedLoad>;
  whatIf: string[] | undefined;
  seed: number;
  untilMs: number;
}

const count = check.number({ min: 1, max: MAX_CALLS, integer: true });
const part = check.number({ min: 0, max: 1 });
const duration: Check<Duration> = (value, key) => parseDuration(value as Duration, key);
const positiveDuration: Check<Duration> = (value, key) => parseDuration(value as Duration, key, { above: 0 });
const priority = check.oneOf(...PRIORITIES);

/** Splits a route such as `GET /users/:id`. */
export function parseRoute(route: unknown, key: string): { method: string; path: string } {
  const parts = typeof route === 'string' ? /^([A-Z]+) (\/[^\s?#]*)$/.exec(route) : null;
  if (!parts) throw wrong(key, route, "a method and a path such as 'GET /api/v2/users/:id'");
  return { method: parts[1] as string, path: parts[2] as string };
}

const route: Check<string> = (value, key) => {
  const { method, path } = parseRoute(value, key);
  return `${method} ${path}`;
};

const checkLimit = check.shape<PlatformLimit>({
  name: check.text,
  limit: count,
  window: positiveDuration,
  per: check.oneOf('token', 'route', 'org'),
  match: route,
  counts: check.oneOf('fixed', 'sliding', 'bucket'),
  phase: duration,
  burst: count,
});

const limit: Check<LimitSettings> = (value, key) => {
  const { name, limit, window, per = 'token', match, counts = 'fixed', phase, burst } = checkLimit(value, key);
  if (limit === undefined) throw wrong(`${key}.limit`, limit, 'an integer of at least 1');
  if (window === undefined) throw wrong(`${key}.window`, window, 'a duration such as 60s');
  if (phase !== undefined && counts !== 'fixed')
    throw new ConfigError(`${key}.phase needs ${key}.counts 'fixed', got '${counts}'`);
  if (burst !== undefined && counts !== 'bucket')
    throw new ConfigError(`${key}.burst needs ${key}.counts 'bucket', got '${counts}'`);
  return { name, limit, windowMs: window as number, per, match, counts, phaseMs: (phase as number) ?? 0, burst };
};

type Service = NonNullable<Platform['service']>;

const checkService = check.either<{ p50: Duration; p95: Duration }, Duration>(
  check.shape({ p50: duration, p95: duration }),
  duration,
  check.isRecord,
);

const service: Check<Service> = (value, key) => {
  const given = checkService(value, key);
  if (typeof given !== 'object') return given;
  for (const name of ['p50', 'p95'] as const)
    if (given[name] === undefined) throw wrong(`${key}.${name}`, undefined, 'a duration such as 80ms');
  const { p50, p95 } = given as { p50: number; p95: number };
  if (p95 < p50) throw wrong(`${key}.p95`, p95, `at least ${key}.p50`);
  if (p50 === 0 && p95 > 0) throw wrong(`${key}.p50`, given.p50, 'above 0');
  return given;
};

const checkOthers = check.shape<NonNullable<Platform['others']>>({ count, window: positiveDuration, route });

const checkPlatform = check.shape<Omit<Platform, 'limits'> & { limits?: LimitSettings[] }>({
  limits: check.list(limit),
  service,
  errorRate: part,
  errorStatus: (value, key) =>
    value === 500 || value === 502 || value === 503 || value === 504
      ? value
      : check.refuse(key, value, '500, 502, 503 or 504'),
  retryAfter: check.oneOf('seconds', 'exact', 'none'),
  others: (value, key) => {
    const others = checkOthers(value, key);
    if (others.count === undefined) throw wrong(`${key}.count`, undefined, 'an integer of at least 1');
    if (others.window === undefined) throw wrong(`${key}.window`, undefined, 'a duration such as 60s');
    return others;
  },
});

const platform: Check<PlatformSettings> = (value, key) => {
  const given = checkPlatform(value, key);
  const { limits = [], errorRate = 0, errorStatus = 503, retryAfter = 'seconds', others } = given;
  const times = given.service;
  return {
    limits,
    service:
      times === undefined
        ? undefined
        : typeof times === 'object'
          ? { p50Ms: times.p50 as number, p95Ms: times.p95 as number }
          : { p50Ms: times as number, p95Ms: times as number },
    errorRate,
    errorStatus,
    retryAfter,
    others: others && { everyMs: (others.window as number) / others.count, route: others.route ?? 'GET /others' },
  };
};

const checkCall = check.shape<LoadCall>({
  route,
  times: count,
  every: duration,
  after: duration,
  asks: check.either(count, check.oneOf('each', 'agent', 'all'), (value) => typeof value === 'number'),
  priority,
  tenant: check.text,
});

const checkGroup = check.shape<Omit<LoadGroup, 'calls'> & { calls?: LoadCall[] }>({
  name: check.text,
  count: check.number({ min: 0, max: MAX_CALLS, integer: true }),
  within: duration,
  start: duration,
  arrival: check.oneOf('uniform', 'even', 'burst', 'poisson'),
  calls: check.list(checkCall),
  inOrder: check.flag,
  repeat: count,
  repeatEvery: duration,
  priority,
  tenant: check.text,
});

const group: Check<GroupSettings> = (value, key) => {
  const given = checkGroup(value, key);
  const { name, count: agents, arrival = 'uniform', calls, inOrder = false, repeat = 1 } = given;
  if (name === undefined) throw wrong(`${key}.name`, undefined, 'a string that is not empty');
  if (agents === undefined) throw wrong(`${key}.count`, undefined, 'the number of agents');
  if (calls === undefined) throw wrong(`${key}.calls`, undefined, 'a list of calls');
  return {
    name,
    count: agents,
    withinMs: (given.within as number) ?? 0,
    startMs: (given.start as number) ?? 0,
    arrival,
    calls: calls.map((call, i): CallSettings => {
      const { method, path } = parseRoute(call.route, `${key}.calls[${i}].route`);
      return {
        method,
        path,
        route: call.route,
        times: call.times ?? 1,
        everyMs: (call.every as number) ?? 0,
        afterMs: (call.after as number) ?? 0,
        asks: call.asks ?? (/[:*]/.test(path) ? 'each' : 'agent'),
        priority: call.priority ?? given.priority,
        tenant: call.tenant ?? given.tenant,
      };
    }),
    inOrder,
    repeat,
    repeatEveryMs: (given.repeatEvery as number) ?? 0,
  };
};

/** Number of calls of a group. */
export const callsOf = ({ count, calls, repeat }: GroupSettings): number =>
  count * repeat * calls.reduce((sum, { times }) => sum + times, 0);

const groups: Check<GroupSettings[]> = (value, key) => {
  const list = check.list(group)(value, key);
  if (list.length > MAX_GROUPS) throw wrong(key, list.length, `a list of at most ${MAX_GROUPS} groups`);
  for (const [i, { name }] of list.entries()) {
    if (list.findIndex((other) => other.name === name) < i)
      throw wrong(`${key}[${i}].name`, name, 'a name that no other group has');
  }
  const total = list.reduce((sum, one) => sum + callsOf(one), 0);
  if (total > MAX_CALLS) throw wrong(key, total, `a load of at most ${MAX_CALLS} calls`);
  return list;
};

const checkRecorded = check.shape<RecordedLoad>({
  recording: check.text,
  groupBy: check.oneOf('priority', 'tenant', 'route'),
});

const recorded: Check<Required<RecordedLoad>> = (value, key) => {
  const { recording, groupBy = 'priority' } = checkRecorded(value, key);
  if (recording === undefined) throw wrong(`${key}.recording`, undefined, 'the name of a file');
  return { recording, groupBy };
};

/** Options of a line that a simulation may not have, with the reason. */
const NOT_SIMULATED: Record<string, string> = {
  clock: 'the simulation has its own clock',
  random: 'the simulation has its own random values; give a seed',
  token: 'the simulation has its own tokens; give the number of credentials',
  store: 'a simulation stores nothing',
  pools: 'a simulation opens no connections',
  state: 'a simulation starts without learned limits',
  deadLetters: 'a simulation keeps no dead letters',
};

const config: Check<SimulatedConfig> = (value, key) => {
  if (!check.isRecord(value)) return check.refuse(key, value, 'the configuration of a line');
  for (const [name, reason] of Object.entries(NOT_SIMULATED))
    if (value[name] !== undefined) throw new ConfigError(`${key}.${name} must be left out: ${reason}`);
  return value as SimulatedConfig;
};

type Loose = Record<keyof Scenario, unknown>;

const checkScenario = check.shape<Loose>({
  platform,
  holdline: config,
  credentials: check.number({ min: 1, max: 1_000, integer: true }),
  load: check.either<GroupSettings[], Required<RecordedLoad>>(groups, recorded, Array.isArray),
  whatIf: check.list(check.text),
  seed: check.number({ min: 0, max: 0xffffffff, integer: true }),
  until: positiveDuration,
});

/**
 * Checks a scenario and adds the defaults.
 *
 * @throws ConfigError that names the key, the value and what is allowed.
 */
export function resolveScenario(scenario: unknown): ScenarioSettings {
  const given = checkScenario(scenario, '');
  if (given.load === undefined) throw wrong('load', undefined, 'a list of groups, or { recording }');
  return {
    platform: (given.platform as PlatformSettings | undefined) ?? platform({}, 'platform'),
    holdline: (given.holdline as SimulatedConfig | undefined) ?? {},
    credentials: (given.credentials as number | undefined) ?? 1,
    load: given.load as ScenarioSettings['load'],
    whatIf: given.whatIf as string[] | undefined,
    seed: (given.seed as number | undefined) ?? 1,
    untilMs: (given.until as number | undefined) ?? 7 * 24 * 3_600_000,
  };
}
