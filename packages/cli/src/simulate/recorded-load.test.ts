import type { Priority } from '@holdline/core';
import { seededRandom } from '@holdline/core/testing';
import { expect, test } from 'vitest';
import { parseChanges } from './change.js';
import type { Load } from './load.js';
import { readCalls, recordedLoad, type RecordingEntry } from './recorded-load.js';

interface Given {
  id: number;
  at: number;
  resource?: string;
  priority?: Priority;
  tenant?: string;
  answeredBy?: string;
}

async function* entriesOf(calls: Given[], line = 1): AsyncGenerator<RecordingEntry> {
  for (const { id, at, resource = `r${id}`, priority = 'normal', tenant, answeredBy } of calls) {
    const about = { callId: id, route: 'GET /users/:id', method: 'GET', priority, tenant };
    yield { at, line, name: 'callStarted', payload: { ...about, resource, origin: 'https://api.example' } };
    yield { at, line, name: 'snapshot', payload: {} };
    yield { at, line, name: 'attempt', payload: { callId: id, outcome: 'ok', durationMs: id * 10 } };
    yield { at: at + id * 10, line, name: 'call', payload: { ...about, answeredBy } };
  }
}

function planned(load: Load): string[] {
  const queue: [number, () => void][] = [];
  const begun: string[] = [];
  let now = 0;
  const at = (ms: number, run: () => void): void => void queue.push([ms, run]);
  load.plan(
    { now: () => now, at, after: (ms, run) => at(now + ms, run) },
    {
      begin: ({ resource, priority, group }) => void begun.push(`${now} ${resource} ${priority} ${group}`),
      finished: () => expect.unreachable(),
    },
    seededRandom(1),
  );
  for (let next = queue.shift(); next; next = queue.shift()) {
    now = next[0];
    next[1]();
  }
  return begun;
}

const CALLS: Given[] = [
  { id: 1, at: 5_000 },
  { id: 2, at: 5_200, resource: 'r1', priority: 'low', tenant: 'acme' },
  { id: 3, at: 5_200, answeredBy: 'journal' },
  { id: 4, at: 6_000, priority: 'low' },
];

test('calls begin as recorded; calls that the line answered itself are left out', async () => {
  const source = await readCalls(entriesOf(CALLS), 'priority');
  expect(planned(source.load)).toEqual(['0 r1 normal 0', '200 r1 low 1', '1000 r4 low 1']);
  expect(source.load.groups).toEqual([
    { name: 'normal', calls: 1, priority: 'normal' },
    { name: 'low', calls: 2, priority: 'low' },
  ]);
  expect(source.repeats).toEqual([{ route: 'GET /users/:id', calls: 1 }]);
  expect(source.service).toEqual({ p50Ms: 20, p95Ms: 40 });
});

test('groups by tenant; a group can be left out or get another priority', async () => {
  const source = await readCalls(entriesOf(CALLS), 'tenant');
  const names = source.load.groups.map(({ name }) => name);
  expect(names).toEqual(['no tenant', 'acme']);
  expect(planned(source.change(parseChanges('drop=acme', names, 'change')))).toEqual([
    '0 r1 normal 0',
    '1000 r4 low 0',
  ]);
  const raised = planned(source.change(parseChanges('priority=high:acme', names, 'change')));
  expect(raised[1]).toBe('200 r1 high 1');
});

test('an empty recording is a load without calls, and a missing file is an error that names it', async () => {
  const source = await readCalls(entriesOf([]), 'route');
  expect([source.load.calls, source.service, source.repeats]).toEqual([0, undefined, []]);
  await expect(recordedLoad({ recording: '/nowhere/run.jsonl', groupBy: 'priority' })).rejects.toThrow(
    'the recording /nowhere/run.jsonl cannot be read: ',
  );
});

test('more groups than can be shown are an error', async () => {
  const calls = Array.from({ length: 201 }, (_, id) => ({ id, at: id, tenant: `t${id}` }));
  await expect(readCalls(entriesOf(calls), 'tenant')).rejects.toThrow('at most 200 groups; group it by priority');
});
