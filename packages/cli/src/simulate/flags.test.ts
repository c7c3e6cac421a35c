import { ConfigError } from '@holdline/core';
import { expect, test } from 'vitest';
import { parseDuration } from './duration.js';
import { scenarioOf, type SimulateFlags } from './flags.js';

test.each([
  ['250ms', 250],
  ['60s', 60_000],
  ['1.5s', 1_500],
  ['5m', 300_000],
  ['2h', 7_200_000],
  [40, 40],
  ['0s', 0],
])('a duration of %s', (text, ms) => {
  expect(parseDuration(text, 'key')).toBe(ms);
});

test.each(['60', '5 parsecs', '-1s', '', 's', '1d', -1, Number.NaN, Infinity, '9000h', undefined, null])(
  '%j is no duration',
  (value) => {
    expect(() => parseDuration(value as string, '--within')).toThrow(ConfigError);
    expect(() => parseDuration(value as string, '--within')).toThrow(/^--within must be a duration such as 250ms/);
  },
);

test('the common flags', () => {
  const flags: SimulateFlags = {
    agents: '200',
    within: '60s',
    calls: '8',
    shared: '2',
    limit: ['300/60s', '100/60s PUT /ivrs/:id'],
    credentials: '2',
    priority: 'low',
    service: '80ms,400ms',
    errors: '1.5%',
    deadline: '30s',
    maxQueued: '50',
    whatIf: ['coalesce'],
    seed: '4',
    until: '2h',
  };
  expect(scenarioOf(flags, undefined)).toEqual({
    platform: {
      limits: [
        { limit: 300, window: 60_000 },
        { limit: 100, window: 60_000, match: 'PUT /ivrs/:id', per: 'route' },
      ],
      service: { p50: 80, p95: 400 },
      errorRate: 0.015,
    },
    holdline: { deadline: { totalTimeoutMs: 30_000 }, governor: { maxQueued: 50 } },
    credentials: 2,
    load: [
      {
        name: 'agents',
        count: 200,
        within: 60_000,
        priority: 'low',
        calls: [
          { route: 'GET /own/:id', times: 6 },
          { route: 'GET /shared/1', asks: 'all' },
          { route: 'GET /shared/2', asks: 'all' },
        ],
      },
    ],
    whatIf: ['coalesce'],
    seed: 4,
    until: 7_200_000,
  });
});

test('groups, and a recording', () => {
  const group = ['reports:agents=10,within=5s,calls=50,every=100ms,priority=low,tenant=acme,arrival=even'];
  expect(scenarioOf({ group }, undefined).load).toEqual([
    {
      name: 'reports',
      count: 10,
      within: 5_000,
      arrival: 'even',
      priority: 'low',
      tenant: 'acme',
      calls: [{ route: 'GET /own/:id', times: 50, every: 100 }],
    },
  ]);
  expect(scenarioOf({ agents: '1', group }, undefined).load).toHaveLength(2);
  expect(scenarioOf({ recording: 'run.jsonl', groupBy: 'route' }, undefined).load).toEqual({
    recording: 'run.jsonl',
    groupBy: 'route',
  });
});

test('flags change a scenario of a file, but not its load', () => {
  const file = { platform: { service: 50 }, credentials: 1, load: [] };
  const flags: SimulateFlags = { limit: ['5/1s'], counts: 'bucket', per: 'org', credentials: '3', whatIf: false };
  expect(scenarioOf(flags, file)).toEqual({
    platform: { service: 50, limits: [{ limit: 5, window: 1_000, counts: 'bucket', per: 'org' }] },
    credentials: 3,
    load: [],
    whatIf: [],
  });
  expect(file).toEqual({ platform: { service: 50 }, credentials: 1, load: [] });
  expect(() => scenarioOf({ within: '5s' }, file)).toThrow(
    '--within and a scenario file exclude each other: the file has the load',
  );
});

test.each<[SimulateFlags, string]>([
  [{}, 'a load is missing: give --agents, --group, --recording or a scenario file'],
  [{ agents: 'many' }, '--agents must be an integer from 0 to 1000000, got "many"'],
  [{ agents: '1.5' }, '--agents must be an integer from 0 to 1000000, got "1.5"'],
  [{ agents: '1', calls: '-1' }, '--calls must be an integer from 0 to 1000000, got "-1"'],
  [{ agents: '1', calls: '2', shared: '3' }, '--shared must be an integer from 0 to 2, got "3"'],
  [{ agents: '1', within: '60' }, '--within must be a duration such as 250ms, 60s, 5m or 2h, at most a year, got "60"'],
  [{ agents: '1', arrival: 'slow' }, '--arrival must be one of uniform, even, burst, poisson, got "slow"'],
  [{ agents: '1', priority: 'urgent' }, '--priority must be one of high, normal, low, background, got "urgent"'],
  [{ agents: '1', limit: ['300'] }, '--limit must be requests per window such as 300/60s, got "300"'],
  [{ agents: '1', limit: ['300/60'] }, '--limit must be a duration such as'],
  [{ agents: '1', counts: 'sliding' }, '--counts needs a --limit'],
  [{ agents: '1', per: 'org' }, '--per needs a --limit'],
  [{ agents: '1', limit: ['1/1s'], per: 'user' }, '--per must be one of token, route, org, got "user"'],
  [{ agents: '1', credentials: '0' }, '--credentials must be an integer from 1 to 1000, got "0"'],
  [{ agents: '1', errors: '2' }, '--errors must be a percentage such as 1%, got "2"'],
  [{ agents: '1', errors: '101%' }, '--errors must be a percentage such as 1%, got "101%"'],
  [{ agents: '1', service: '1ms,2ms,3ms' }, '--service must be a duration such as 80ms, or median and'],
  [{ agents: '1', deadline: '0s' }, '--deadline must be a duration'],
  [{ agents: '1', seed: 'x' }, '--seed must be an integer from 0 to 4294967295, got "x"'],
  [{ group: ['reports'] }, '--group must be NAME:agents=10,calls=50,priority=low, got "reports"'],
  [{ group: ['reports:size=1'] }, '--group reports must be key=value with the keys agents, within'],
  [
    { group: ['reports:agents=1,agents=2'] },
    '--group reports must be a list with each key once: agents is there twice',
  ],
  [{ group: ['reports:calls=1'] }, '--group reports must be a list with agents=, got "calls=1"'],
  [{ group: ['reports:agents=x'] }, '--group reports: agents must be an integer'],
  [{ group: ['reports:agents=1'], within: '5s' }, '--within needs --agents; a --group has its own options'],
  [{ recording: 'a', agents: '1' }, '--agents and --recording exclude each other: the recording has the load'],
  [{ agents: '1', groupBy: 'route' }, '--group-by needs --recording'],
  [{ recording: 'a', groupBy: 'user' }, '--group-by must be one of priority, tenant, route, got "user"'],
])('%j is an error', (flags, message) => {
  expect(() => scenarioOf(flags, undefined)).toThrow(ConfigError);
  expect(() => scenarioOf(flags, undefined)).toThrow(message);
});
