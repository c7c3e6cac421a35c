import { seededRandom, VirtualClock } from '@holdline/core/testing';
import { expect, test } from 'vitest';
import { Agenda } from './agenda.js';

test('runs entries in the order of time, and of their addition within one time, with one timer', async () => {
  const clock = new VirtualClock();
  const agenda = new Agenda(clock);
  const random = seededRandom(3);
  const ran: [number, number][] = [];
  for (let i = 0; i < 500; i++) {
    const at = Math.floor(random.next() * 50);
    agenda.add(at, () => void ran.push([at, i]));
  }
  expect(clock.pending).toBe(1);
  await clock.run();
  expect(ran).toHaveLength(500);
  expect(ran).toEqual([...ran].sort(([a, i], [b, j]) => a - b || i - j));
  expect([agenda.size, clock.pending]).toEqual([0, 0]);
});

test('an entry may add others, also for the same time and for an earlier one', async () => {
  const clock = new VirtualClock();
  const agenda = new Agenda(clock);
  const ran: string[] = [];
  agenda.add(10, () => {
    ran.push(`first ${clock.now()}`);
    agenda.add(10, () => void ran.push(`same ${clock.now()}`));
    agenda.add(5, () => void ran.push(`past ${clock.now()}`));
    agenda.add(15, () => void ran.push(`later ${clock.now()}`));
  });
  agenda.add(20, () => void ran.push(`last ${clock.now()}`));
  await clock.run();
  expect(ran).toEqual(['first 10', 'past 10', 'same 10', 'later 15', 'last 20']);
});
