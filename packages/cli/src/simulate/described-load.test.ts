import { seededRandom, VirtualClock } from '@holdline/core/testing';
import { expect, test } from 'vitest';
import { Agenda } from './agenda.js';
import { parseChanges } from './change.js';
import { arrivals, describedLoad } from './described-load.js';
import type { LoadSource, PlannedCall } from './load.js';
import { resolveScenario, type GroupSettings } from './scenario.js';
import type { LoadGroup } from './types.js';

const groupsOf = (...load: LoadGroup[]): GroupSettings[] => resolveScenario({ load }).load as GroupSettings[];
const arrivalsOf = (group: Partial<LoadGroup>): number[] => {
  const [settings] = groupsOf({ name: 'agents', count: 4, calls: [], ...group });
  return arrivals(settings as GroupSettings, seededRandom(1));
};

/** Plays a load whose calls take 10 ms. Returns `time resource priority` of each call. */
async function play(load: LoadSource['load'], finished: string[] = []): Promise<string[]> {
  const clock = new VirtualClock();
  const agenda = new Agenda(clock);
  const begun: string[] = [];
  const begin = ({ resource, priority, onEnd }: PlannedCall): void => {
    begun.push(`${clock.now()} ${resource} ${priority ?? '-'}`);
    if (onEnd) agenda.add(clock.now() + 10, onEnd);
  };
  const schedule = {
    now: () => clock.now(),
    at: (ms: number, run: () => void) => agenda.add(ms, run),
    after: (ms: number, run: () => void) => agenda.add(clock.now() + ms, run),
  };
  load.plan(schedule, { begin, finished: (group, ms) => void finished.push(`${group} after ${ms}`) }, seededRandom(1));
  await clock.run();
  return begun;
}

test('agents arrive evenly, at once, at random moments, or with random intervals', () => {
  expect(arrivalsOf({ within: '1s', arrival: 'even' })).toEqual([0, 250, 500, 750]);
  expect(arrivalsOf({ within: '1s', arrival: 'burst', start: 500 })).toEqual([500, 500, 500, 500]);
  const many = arrivalsOf({ within: '1s', count: 1_000 });
  expect(many).toEqual([...many].sort((a, b) => a - b));
  expect(Math.max(...many)).toBeLessThan(1_000);
  expect(many.filter((ms) => ms < 500).length).toBeGreaterThan(440);
  const poisson = arrivalsOf({ within: '1s', count: 10_000, arrival: 'poisson' });
  expect(poisson.at(-1)).toBeGreaterThan(950);
  expect(poisson.at(-1)).toBeLessThan(1_050);
});

test('the calls of an agent: times, intervals, repetitions, and what they ask for', async () => {
  const load = describedLoad(
    groupsOf({
      name: 'g',
      count: 1,
      repeat: 2,
      repeatEvery: '1s',
      priority: 'low',
      calls: [
        { route: 'GET /users/:id', times: 2, every: 100, after: 50 },
        { route: 'GET /me', priority: 'high' },
        { route: 'GET /queues', asks: 'all' },
        { route: 'GET /skills', asks: 1 },
      ],
    }),
  );
  expect(load.load.calls).toBe(10);
  expect(await play(load.load)).toEqual([
    '0 GET /me g 0 high',
    '0 GET /queues low',
    '0 GET /skills of 0 low',
    '50 GET /users/:id g 0 0 low',
    '150 GET /users/:id g 0 1 low',
    '1000 GET /me g 0 high',
    '1000 GET /queues low',
    '1000 GET /skills of 0 low',
    '1050 GET /users/:id g 0 2 low',
    '1150 GET /users/:id g 0 3 low',
  ]);
  expect(load.repeats).toEqual([
    { route: 'GET /me', calls: 1 },
    { route: 'GET /queues', calls: 1 },
    { route: 'GET /skills', calls: 1 },
  ]);
});

test('an agent in order begins a call when the one before has ended', async () => {
  const calls = [{ route: 'GET /a', times: 2, every: 100 }, { route: 'GET /b' }];
  const group = { name: 'g', count: 1, start: 5, inOrder: true, repeat: 2, repeatEvery: 1_000, calls };
  const finished: string[] = [];
  expect((await play(describedLoad(groupsOf(group)).load, finished)).map((line) => line.split(' g ')[0])).toEqual([
    '5 GET /a',
    '115 GET /a',
    '125 GET /b',
    '1135 GET /a',
    '1245 GET /a',
    '1255 GET /b',
  ]);
  expect(finished).toEqual(['0 after 1260']);
});

test('a load without a group, and with another priority', async () => {
  const calls = [{ route: 'GET /me' }];
  const source = describedLoad(groupsOf({ name: 'a', count: 1, calls }, { name: 'b', count: 2, calls }));
  expect(source.load.groups).toEqual([
    { name: 'a', calls: 1, priority: undefined },
    { name: 'b', calls: 2, priority: undefined },
  ]);
  const dropped = source.change(parseChanges('drop=b', ['a', 'b'], 'change'));
  expect(dropped.calls).toBe(1);
  expect(await play(dropped)).toEqual(['0 GET /me a 0 -']);
  const lower = source.change(parseChanges('priority=low:a', ['a', 'b'], 'change'));
  expect(await play(lower)).toEqual(['0 GET /me a 0 low', '0 GET /me b 0 -', '0 GET /me b 1 -']);
});
