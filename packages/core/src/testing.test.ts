import { describe, expect, it } from 'vitest';
import { seededRandom, settle, VirtualClock } from './testing.js';

describe('random numbers', () => {
  it('of seededRandom are the same in every run', () => {
    const draw = (seed: number): number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: 5 }, () => random.next());
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});

describe('the virtual clock', () => {
  it('fires timers by time, then by order of creation, and lets promises settle after each', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    clock.setTimer(20, () => seen.push(`c ${clock.now()}`));
    clock.setTimer(10, () => void Promise.resolve().then(() => clock.setTimer(5, () => seen.push(`b ${clock.now()}`))));
    clock.setTimer(10, () => seen.push(`a ${clock.now()}`));
    const undo = clock.setTimer(12, () => seen.push('never'));
    undo();
    await clock.advance(19);
    expect([seen, clock.now(), clock.pending]).toEqual([['a 10', 'b 15'], 19, 1]);
    await clock.run();
    expect([seen.at(-1), clock.now()]).toEqual(['c 20', 20]);
  });

  it('moves the wall clock along, and can move the wall clock alone', async () => {
    const clock = new VirtualClock(1_000);
    await clock.advance(5);
    clock.jumpWall(-100);
    expect([clock.now(), clock.wall()]).toEqual([5, 905]);
  });

  it('throws after too many timers', async () => {
    const clock = new VirtualClock();
    const again = (): void => void clock.setTimer(1, again);
    again();
    await expect(clock.run(50)).rejects.toThrow('more than 50 timers');
    await settle();
  });
});
