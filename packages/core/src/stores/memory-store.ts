import { number, port, shape } from '../contract/check.js';
import type { Clock } from '../contract/clock.js';
import type { Store } from '../contract/store.js';
import { systemClock } from '../runtime/system.js';
import { MemoryDeadLetters } from './memory-dead-letters.js';
import { memoryJournal } from './memory-journal.js';

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /**
   * How many journal entries are kept; the oldest goes first.
   * @defaultValue 100,000 (ours: bounds memory at a few tens of MB)
   */
  maxEntries?: number;
  /**
   * How many dead letters are kept; the oldest goes first.
   * @defaultValue 1,000 (ours: bounds memory at some 90 MB, were all of them as large as `deadLetters.maxBodyBytes` allows)
   */
  maxLetters?: number;
  /**
   * The source of time, by which dead letters expire.
   * @defaultValue the system's
   */
  clock?: Clock;
}

/** A store that lives and dies with the process. */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  // Here, for a bundle without this function to be without what it needs.
  const check = shape<MemoryStoreOptions>({
    maxEntries: number({ min: 1, integer: true }),
    maxLetters: number({ min: 1, integer: true }),
    clock: port<Clock>('clock', 'now', 'wall', 'setTimer'),
  });
  const { maxEntries, maxLetters = 1_000, clock = systemClock } = check(options, 'options');
  return { journal: memoryJournal(maxEntries), deadLetters: new MemoryDeadLetters(maxLetters, clock) };
}
