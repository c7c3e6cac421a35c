import { ConfigError, PRIORITIES, type Priority } from '@holdline/core';
import { parseRate } from './change.js';
import { parseDuration, wrong } from './duration.js';
import type { LoadCall, LoadGroup, Platform, PlatformLimit, Scenario, SimulatedConfig } from './types.js';

/** The flags of `holdline simulate` as commander gives them. */
export interface SimulateFlags {
  agents?: string;
  within?: string;
  arrival?: string;
  calls?: string;
  shared?: string;
  every?: string;
  inOrder?: boolean;
  priority?: string;
  group?: string[];
  recording?: string;
  groupBy?: string;
  limit?: string[];
  counts?: string;
  per?: string;
  service?: string;
  errors?: string;
  credentials?: string;
  deadline?: string;
  maxQueued?: string;
  config?: string;
  whatIf?: string[] | false;
  until?: string;
  seed?: string;
}

/** Flags that describe a load. A scenario file has a load of its own. */
const LOAD_FLAGS = {
  agents: '--agents',
  within: '--within',
  arrival: '--arrival',
  calls: '--calls',
  shared: '--shared',
  every: '--every',
  inOrder: '--in-order',
  priority: '--priority',
  group: '--group',
  recording: '--recording',
  groupBy: '--group-by',
} as const;

const given = (flags: SimulateFlags): [keyof typeof LOAD_FLAGS, string][] =>
  Object.entries(LOAD_FLAGS).filter(([name]) => flags[name as keyof SimulateFlags] !== undefined) as [
    keyof typeof LOAD_FLAGS,
    string,
  ][];

/**
 * Makes a scenario of flags, or changes a scenario by flags.
 *
 * @param file - The scenario of a file; undefined without one.
 * @param config - The configuration of `--config`; undefined without it.
 * @throws ConfigError that names the flag, the value and what is allowed.
 */
export function scenarioOf(flags: SimulateFlags, file: Scenario | undefined, config?: SimulatedConfig): Scenario {
  const [loadFlag] = given(flags);
  if (file && loadFlag)
    throw new ConfigError(`${loadFlag[1]} and a scenario file exclude each other: the file has the load`);
  const scenario: Scenario = { ...(file ?? { load: loadOf(flags) }) };
  const platform = platformOf(flags, scenario.platform);
  if (platform) scenario.platform = platform;
  if (config) scenario.holdline = config;
  if (flags.credentials !== undefined) scenario.credentials = integer(flags.credentials, '--credentials', 1, 1_000);
  if (flags.deadline !== undefined) {
    const totalTimeoutMs = parseDuration(flags.deadline, '--deadline', { above: 0 });
    scenario.holdline = { ...scenario.holdline, deadline: { ...scenario.holdline?.deadline, totalTimeoutMs } };
  }
  if (flags.maxQueued !== undefined) {
    const governor = scenario.holdline?.governor;
    if (governor === false)
      throw new ConfigError('--max-queued needs the governor, which the configuration switches off');
    const maxQueued = integer(flags.maxQueued, '--max-queued', 0, Number.MAX_SAFE_INTEGER);
    scenario.holdline = { ...scenario.holdline, governor: { ...governor, maxQueued } };
  }
  if (flags.whatIf === false) scenario.whatIf = [];
  else if (flags.whatIf !== undefined) scenario.whatIf = flags.whatIf;
  if (flags.until !== undefined) scenario.until = parseDuration(flags.until, '--until', { above: 0 });
  if (flags.seed !== undefined) scenario.seed = integer(flags.seed, '--seed', 0, 0xffffffff);
  return scenario;
}

function loadOf(flags: SimulateFlags): Scenario['load'] {
  const named = given(flags);
  if (flags.recording !== undefined) {
    const other = named.find(([name]) => name !== 'recording' && name !== 'groupBy');
    if (other) throw new ConfigError(`${other[1]} and --recording exclude each other: the recording has the load`);
    return {
      recording: flags.recording,
      ...(flags.groupBy !== undefined && {
        groupBy: choice(flags.groupBy, '--group-by', ['priority', 'tenant', 'route']),
      }),
    };
  }
  if (flags.groupBy !== undefined) throw new ConfigError('--group-by needs --recording');
  const groups = (flags.group ?? []).map(parseGroup);
  if (flags.agents === undefined && groups.length > 0) {
    const lost = named.find(([name]) => name !== 'group');
    if (lost) throw new ConfigError(`${lost[1]} needs --agents; a --group has its own options`);
    return groups;
  }
  if (flags.agents === undefined)
    throw new ConfigError('a load is missing: give --agents, --group, --recording or a scenario file');
  return [groupOf('agents', flags, (name) => LOAD_FLAGS[name as keyof typeof LOAD_FLAGS]), ...groups];
}

/** Keys of `--group`. */
const GROUP_KEYS = ['agents', 'within', 'arrival', 'calls', 'shared', 'every', 'priority', 'tenant'] as const;
type GroupValues = Partial<Record<(typeof GROUP_KEYS)[number], string>> & { inOrder?: boolean };

/** Reads a group such as `reports:agents=10,calls=50,priority=low`. */
function parseGroup(text: string): LoadGroup {
  const [, name = '', list = ''] = /^([^:,=]+):(.+)$/.exec(text) ?? [];
  if (name === '') throw wrong('--group', text, 'NAME:agents=10,calls=50,priority=low');
  const values: Record<string, string> = {};
  for (const pair of list.split(',')) {
    const [, key = '', value = ''] = /^(\w+)=(.+)$/.exec(pair) ?? [];
    if (!(GROUP_KEYS as readonly string[]).includes(key))
      throw wrong(`--group ${name}`, pair, `key=value with the keys ${GROUP_KEYS.join(', ')}`);
    if (values[key] !== undefined)
      throw wrong(`--group ${name}`, list, `a list with each key once: ${key} is there twice`);
    values[key] = value;
  }
  if (values['agents'] === undefined) throw wrong(`--group ${name}`, list, 'a list with agents=');
  return groupOf(name, values, (key) => `--group ${name}: ${key}`);
}

/** Maximal number of agents, calls and times of one flag. */
const MAX = 1_000_000;

function groupOf(name: string, values: GroupValues, flag: (name: string) => string): LoadGroup {
  const { agents = '1', within, arrival, calls = '1', shared = '0', every, priority, tenant, inOrder } = values;
  const all = integer(calls, flag('calls'), 0, MAX);
  const same = integer(shared, flag('shared'), 0, all);
  const spacing = every === undefined ? {} : { every: parseDuration(every, flag('every')) };
  const list: LoadCall[] = [];
  if (all > same) list.push({ route: 'GET /own/:id', times: all - same, ...spacing });
  // Each of these calls asks for another thing, which is the same for all agents.
  for (let i = 1; i <= Math.min(same, 100); i++) list.push({ route: `GET /shared/${i}`, asks: 'all' });
  if (same > 100) throw wrong(flag('shared'), shared, 'at most 100');
  return {
    name,
    count: integer(agents, flag('agents'), 0, MAX),
    calls: list,
    ...(within !== undefined && { within: parseDuration(within, flag('within')) }),
    ...(arrival !== undefined && {
      arrival: choice(arrival, flag('arrival'), ['uniform', 'even', 'burst', 'poisson']),
    }),
    ...(priority !== undefined && { priority: choice<Priority>(priority, flag('priority'), PRIORITIES) }),
    ...(tenant !== undefined && { tenant }),
    ...(inOrder && { inOrder }),
  };
}

function platformOf(flags: SimulateFlags, platform: Platform | undefined): Platform | undefined {
  const { limit, counts, per, service, errors } = flags;
  const changed: Platform = { ...platform };
  if (limit !== undefined) changed.limits = limit.map(parseLimit);
  if (counts !== undefined || per !== undefined) {
    const flag = counts === undefined ? '--per' : '--counts';
    if (!changed.limits?.length) throw new ConfigError(`${flag} needs a --limit`);
    changed.limits = changed.limits.map((one) => ({
      ...one,
      ...(counts !== undefined && { counts: choice(counts, '--counts', ['fixed', 'sliding', 'bucket']) }),
      ...(per !== undefined && { per: choice(per, '--per', ['token', 'route', 'org']) }),
    }));
  }
  if (service !== undefined) changed.service = parseService(service);
  if (errors !== undefined) {
    const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(errors);
    if (!percent || Number(percent[1]) > 100) throw wrong('--errors', errors, 'a percentage such as 1%');
    changed.errorRate = Number(percent[1]) / 100;
  }
  return Object.keys(changed).length > 0 ? changed : undefined;
}

/** Reads `300/60s`, or `100/60s PUT /api/v2/architect/ivrs/:id` for a limit of one route. */
function parseLimit(text: string): PlatformLimit {
  const [, rate = '', match] = /^(\S+)(?:\s+(\S+ \S+))?$/.exec(text.trim()) ?? [];
  const { limit, windowMs } = parseRate(rate === '' ? text : rate, '--limit');
  return { limit, window: windowMs, ...(match !== undefined && { match, per: 'route' as const }) };
}

function parseService(text: string): NonNullable<Platform['service']> {
  const [p50 = '', p95, ...more] = text.split(',');
  if (more.length > 0)
    throw wrong('--service', text, 'a duration such as 80ms, or median and 95th percentile such as 80ms,400ms');
  const median = parseDuration(p50, '--service');
  return p95 === undefined ? median : { p50: median, p95: parseDuration(p95, '--service') };
}

function integer(text: string, flag: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw wrong(flag, text, `an integer from ${min} to ${max}`);
  return value;
}

function choice<T extends string>(text: string, flag: string, allowed: readonly T[]): T {
  if (!(allowed as readonly string[]).includes(text)) throw wrong(flag, text, `one of ${allowed.join(', ')}`);
  return text as T;
}
