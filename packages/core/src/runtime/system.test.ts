import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHoldline, systemClock, systemRandom } from '../index.js';
import { VirtualClock } from '../testing.js';
import { setup, Wire } from '../line/transport.fixture.js';

describe('the system clock', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([1, 999, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 3e9, 2 ** 33 + 7])(
    'fires a timer of %d ms after that time, not after 1 ms (library-lab §6)',
    (ms) => {
      const fired = vi.fn();
      systemClock.setTimer(ms, fired);
      vi.advanceTimersByTime(ms - 1);
      expect(fired).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(fired).toHaveBeenCalledOnce();
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('never fires early by a fraction, which setTimeout would truncate', () => {
    const fired = vi.fn();
    systemClock.setTimer(1_000.2, fired);
    vi.advanceTimersByTime(1_000);
    expect(fired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fired).toHaveBeenCalledOnce();
  });

  it('treats a negative delay as zero', () => {
    const fired = vi.fn();
    systemClock.setTimer(-5, fired);
    vi.advanceTimersByTime(1);
    expect(fired).toHaveBeenCalledOnce();
  });

  it('can undo a timer at any time, even after the first part of a long delay', () => {
    const fired = vi.fn();
    const undo = systemClock.setTimer(3e9, fired);
    vi.advanceTimersByTime(2.5e9);
    undo();
    undo();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(3e9);
    expect(fired).not.toHaveBeenCalled();
  });
});

describe('the process', () => {
  it('stays alive while a call waits, because timers of the clock are referenced', () => {
    const handles: { hasRef(): boolean }[] = [];
    const real = globalThis.setTimeout;
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(((fn: () => void, ms: number) => {
      const handle = real(fn, ms);
      handles.push(handle);
      return handle;
    }) as never);
    const undo = systemClock.setTimer(60_000, () => undefined);
    vi.restoreAllMocks();
    expect(handles.map((handle) => handle.hasRef())).toEqual([true]);
    undo();
  });

  it('may end while a background timer waits', () => {
    const handles: { hasRef(): boolean }[] = [];
    const real = globalThis.setTimeout;
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(((fn: () => void, ms: number) => {
      const handle = real(fn, ms);
      handles.push(handle);
      return handle;
    }) as never);
    const undo = systemClock.setBackgroundTimer?.(60_000, () => undefined);
    vi.restoreAllMocks();
    expect(handles.map((handle) => handle.hasRef())).toEqual([false]);
    undo?.();
  });

  it('may end while a line is idle, because an idle line has no timer', async () => {
    const { start, run, clock, line } = setup(
      {
        governor: { quotas: [{ limit: 2, windowMs: 10_000 }], gateJitterMs: 0 },
        retry: { jitter: 'none' },
        deadline: { totalTimeoutMs: 60_000 },
        token: { grant: () => Promise.resolve({ accessToken: 'x', expiresInMs: 3_600_000 }) },
        breaker: { minAttempts: 2 },
      },
      [200, { status: 429, headers: { 'retry-after': '2' } }, 504, 200, 'reset', 500, 500, 500],
    );
    for (let i = 0; i < 4; i++) start();
    await clock.advance(5_000);
    const abort = new AbortController();
    start({ signal: abort.signal });
    abort.abort();
    await run();
    expect(line.snapshot()).toMatchObject({ calls: 0, queued: 0, inFlight: 0 });
    expect(clock.pending).toBe(0);
  });

  it('has a timer while a call waits for a permit, a gate or a retry', async () => {
    for (const config of [
      { governor: { quotas: [{ limit: 1, windowMs: 10_000 }] } },
      { governor: { gateJitterMs: 0 } },
      { governor: false, retry: { backoff: [1_000] } },
    ] as const) {
      const { start, clock, line } = setup(
        {
          ...config,
          governor: config.governor && { ...config.governor, quotas: [...(config.governor.quotas ?? [])] },
        } as never,
        [{ status: 429, headers: { 'retry-after': '1' } }, 200],
      );
      start();
      await clock.advance(0);
      expect([line.snapshot().calls, clock.pending > 0]).toEqual([1, true]);
      await clock.run();
      expect([line.snapshot().calls, clock.pending]).toEqual([0, 0]);
    }
  });
});

describe('random numbers', () => {
  it('of systemRandom are in [0, 1)', () => {
    for (let i = 0; i < 100; i++) expect(systemRandom.next() >= 0 && systemRandom.next() < 1).toBe(true);
  });
});

describe('without ports', () => {
  it('a line uses the system clock, and a call without a wait starts no timer', async () => {
    const timer = vi.spyOn(systemClock, 'setTimer');
    const line = createHoldline();
    const wire = new Wire(new VirtualClock(), [200]);
    expect(await line.run(wire.request())).toEqual({ status: 200 });
    expect(timer).not.toHaveBeenCalled();
    timer.mockRestore();
  });
});
