import { describe, expect, it, vi } from 'vitest';
import { Listeners } from './listeners.js';

describe('Listeners', () => {
  it('throws the error of a listener later, without effect on the caller and other listeners', async () => {
    const thrown: unknown[] = [];
    const queued = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((fn) => {
      try {
        fn();
      } catch (error) {
        thrown.push(error);
      }
    });
    const listeners = new Listeners<{ drain: number }>({ drain: true });
    const seen: number[] = [];
    listeners.on('drain', () => {
      throw new Error('mine');
    });
    listeners.on('drain', (() => Promise.reject(new Error('later'))) as never);
    listeners.on('drain', (n) => seen.push(n));
    listeners.emit('drain', 3);
    await vi.waitFor(() => expect(thrown).toEqual([new Error('mine'), new Error('later')]));
    queued.mockRestore();
    expect(seen).toEqual([3]);
  });
});
