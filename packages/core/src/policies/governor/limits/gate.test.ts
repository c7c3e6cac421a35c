import { describe, expect, it } from 'vitest';
import { Gate } from './gate.js';

const closed = (until = 100): Gate => {
  const gate = new Gate();
  gate.close(until, 1_000_000 + until);
  return gate;
};

describe('an open gate', () => {
  it('lets every attempt pass, none as a probe', () => {
    const gate = new Gate();
    expect([gate.state, gate.freeAt(5), gate.pass(5), gate.state]).toEqual(['open', 5, false, 'open']);
  });
});

describe('a closed gate', () => {
  it('lets no attempt pass before its time, and exactly one probe at its time', () => {
    const gate = closed();
    expect([gate.freeAt(0), gate.freeAt(99.9), gate.freeAt(100)]).toEqual([100, 100, 100]);
    expect(gate.pass(100)).toBe(true);
    expect(gate.state).toBe('probing');
    expect(gate.freeAt(101)).toBeGreaterThan(101);
  });

  it('stays closed until the latest of its times, and reports the extension', () => {
    const gate = closed();
    expect(gate.close(50, 1_000_050)).toBe(false);
    expect([gate.closedUntil, gate.retryAt]).toEqual([100, 1_000_100]);
    expect(gate.close(150, 1_000_150)).toBe(true);
    expect([gate.closedUntil, gate.retryAt]).toEqual([150, 1_000_150]);
  });

  it('counts a burst of refusals as one closing, and a refused probe as the next', () => {
    const gate = closed();
    gate.close(101, 0);
    gate.close(102, 0);
    expect(gate.refusals).toBe(1);
    gate.pass(102);
    gate.close(200, 0);
    expect(gate.refusals).toBe(2);
    gate.pass(200);
    gate.open();
    expect(gate.refusals).toBe(0);
  });

  it('changes its generation with each closing, probe and opening only', () => {
    const gate = new Gate();
    const seen = [gate.generation];
    const note = (): unknown => seen.push(gate.generation);
    for (const step of [
      () => gate.close(10, 0),
      () => gate.close(20, 0),
      () => gate.pass(20),
      () => gate.retryProbe(),
      () => gate.pass(21),
      () => gate.close(30, 0),
      () => gate.pass(30),
      () => gate.open(),
    ]) {
      step();
      note();
    }
    expect(seen).toEqual([0, 1, 1, 2, 2, 3, 4, 5, 6]);
  });
});

describe('a probe', () => {
  it('that was given up makes the next attempt the probe', () => {
    const gate = closed();
    gate.pass(100);
    gate.retryProbe();
    expect([gate.state, gate.freeAt(101), gate.pass(101)]).toEqual(['closed', 101, true]);
  });

  it('without an answer for 30 s is replaced', () => {
    const gate = closed();
    gate.pass(100);
    expect(gate.freeAt(30_099)).toBe(30_100);
    expect([gate.freeAt(30_100), gate.pass(30_100), gate.freeAt(30_101)]).toEqual([30_100, true, 60_100]);
  });

  it('that is accepted opens the gate and clears its times', () => {
    const gate = closed();
    gate.pass(100);
    gate.open();
    expect([gate.state, gate.freeAt(0), gate.retryAt]).toEqual(['open', 0, undefined]);
  });
});

describe('a gate is idle', () => {
  it.each<[string, Gate, now: number, idle: boolean]>([
    ['when open', new Gate(), 0, true],
    ['not while closed', closed(), 99, false],
    ['not while the next attempt is the probe', closed(), 60_099, false],
    ['a minute after the closing time', closed(), 60_100, true],
  ])('%s', (_, gate, now, idle) => {
    expect(gate.idle(now)).toBe(idle);
  });

  it('not while its probe is out', () => {
    const gate = closed();
    gate.pass(100);
    expect(gate.idle(1e9)).toBe(false);
  });
});

describe('closing', () => {
  it('is reported where the gate was open or stays closed for longer', () => {
    const gate = new Gate();
    expect([gate.close(100, 1), gate.close(100, 2), gate.close(99, 3), gate.close(101, 4)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect([gate.closedUntil, gate.retryAt]).toEqual([101, 4]);
  });

  it('for a shorter time than before is reported after the gate was open', () => {
    const gate = closed();
    gate.pass(100);
    gate.open();
    expect([gate.close(50, 5), gate.closedUntil, gate.retryAt]).toEqual([true, 50, 5]);
  });

  it('for the same time keeps the first time for callers', () => {
    const gate = closed();
    expect([gate.close(100, 7), gate.retryAt]).toEqual([false, 1_000_100]);
  });

  it('is not changed by a probe given up where there was none', () => {
    const gate = new Gate();
    gate.retryProbe();
    expect([gate.state, gate.freeAt(0)]).toEqual(['open', 0]);
  });
});
