import { VirtualClock } from '@holdline/core/testing';
import { expect, test } from 'vitest';
import { Agenda } from './agenda.js';
import { parseChanges } from './change.js';
import type { PlannedCall } from './load.js';
import { RequestSaver } from './request-saver.js';

/** A saver whose requests take 100 ms and wait 30 ms of it. */
function setup(changes: string, { ok = true } = {}) {
  const clock = new VirtualClock();
  const agenda = new Agenda(clock);
  const sent: string[] = [];
  const ended: string[] = [];
  const schedule = {
    now: () => clock.now(),
    at: (ms: number, run: () => void) => agenda.add(ms, run),
    after: (ms: number, run: () => void) => agenda.add(clock.now() + ms, run),
  };
  const saver = new RequestSaver(parseChanges(changes, [], 'change'), schedule, (call, priority, done) => {
    const startedAt = clock.now();
    sent.push(`${call.resource} ${priority ?? '-'} @${startedAt}`);
    agenda.add(startedAt + 100, () => {
      const end = { waitedMs: 30, requests: 1, throttled: 0, error: ok ? undefined : 'failed', isSaved: false };
      done({ ok, leftAt: startedAt + 30, ...end });
    });
  });
  const call = (at: number, resource: string, more: Partial<PlannedCall> = {}): void => {
    const rest = { group: 0, method: 'GET', path: '/a', route: 'GET /a', priority: undefined, tenant: undefined };
    const planned = { ...rest, resource, isWaiting: true, onEnd: undefined, ...more };
    agenda.add(at, () =>
      saver.begin(planned, (end) => {
        const how = end.isSaved ? 'saved' : 'sent';
        ended.push(`${resource} ${how} ${end.ok ? 'ok' : 'failed'} @${clock.now()} waited ${end.waitedMs}`);
      }),
    );
  };
  return { clock, call, sent, ended };
}

test('a cache: a call for the same thing costs no request until the time is over, and joins a request under way', async () => {
  const { clock, call, sent, ended } = setup('cache=GET /a:1s');
  for (const at of [0, 10, 60, 500, 1_099, 1_100]) call(at, 'x');
  call(500, 'y');
  await clock.run();
  // The answer of 100 is used until 1,100.
  expect(sent).toEqual(['x - @0', 'y - @500', 'x - @1100']);
  expect(ended).toEqual([
    'x sent ok @100 waited 30',
    // The request left at 30: the call of 10 waited 20 ms for it, that of 60 did not wait.
    'x saved ok @100 waited 20',
    'x saved ok @100 waited 0',
    'x saved ok @500 waited 0',
    'y sent ok @600 waited 30',
    'x saved ok @1099 waited 0',
    'x sent ok @1200 waited 30',
  ]);
});

test('a cache keeps no failure, and leaves writes and other routes alone', async () => {
  const failing = setup('cache=GET /a:1s', { ok: false });
  failing.call(0, 'x');
  failing.call(50, 'x');
  failing.call(200, 'x');
  await failing.clock.run();
  expect(failing.sent).toEqual(['x - @0', 'x - @200']);
  expect(failing.ended[1]).toBe('x saved failed @100 waited 0');
  const others = setup('cache=GET /a:1s');
  for (const at of [0, 1]) others.call(at, 'w', { method: 'POST', route: 'POST /a' });
  for (const at of [0, 1]) others.call(at, 'b', { route: 'GET /b' });
  await others.clock.run();
  expect(others.sent).toHaveLength(4);
  const all = setup('cache=*:1s');
  for (const at of [0, 1]) all.call(at, 'b', { route: 'GET /b' });
  await all.clock.run();
  expect(all.sent).toHaveLength(1);
});

test('joined calls share a request only while it is under way', async () => {
  const { clock, call, sent } = setup('coalesce');
  for (const at of [0, 99, 101]) call(at, 'x');
  await clock.run();
  expect(sent).toEqual(['x - @0', 'x - @101']);
});

test('a bulk request: the calls of one moment, up to its size, with the highest priority', async () => {
  const { clock, call, sent, ended } = setup('bulk=GET /a:3');
  for (const [i, priority] of (['low', 'high', 'low', 'low', undefined] as const).entries())
    call(5, `x${i}`, { priority });
  call(6, 'late');
  await clock.run();
  expect(sent).toEqual(['x0 high @5', 'x3 - @5', 'late - @6']);
  expect(ended.slice(0, 3)).toEqual([
    'x0 sent ok @105 waited 30',
    'x1 saved ok @105 waited 30',
    'x2 saved ok @105 waited 30',
  ]);
});

test('a bulk request that collects for a while: its calls wait for it', async () => {
  const { clock, call, sent, ended } = setup('bulk=GET /a:50:20ms');
  for (const at of [0, 15, 21]) call(at, `x${at}`);
  await clock.run();
  expect(sent).toEqual(['x0 - @20', 'x21 - @41']);
  expect(ended.slice(0, 2)).toEqual(['x0 sent ok @120 waited 50', 'x15 saved ok @120 waited 35']);
});
