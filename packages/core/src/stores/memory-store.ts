import { number, port, shape } from '../contract/check.js';
import type { Clock } from '../contract/clock.js';
import type { Store } from '../contract/store.js';
import { systemClock } from '../runtime/system.js';
import { MemoryDeadLetters } from './memory-dead-letters.js';
import { MemoryInboxes } from './memory-inboxes.js';
import { memoryJournal } from './memory-journal.js';

/**
 * Options of {@link memoryStore}.
 * @public
 */
export interface MemoryStoreOptions {
  /**
   * Maximal number of journal entries. The oldest entry is deleted first.
   * @defaultValue 100,000 (ours: bounds memory at a few tens of MB)
   */
  maxEntries?: number;
  /**
   * Maximal number of dead letters. The oldest letter is deleted first.
   * @defaultValue 1,000 (ours: bounds memory at some 90 MB if all letters have the size `deadLetters.maxBodyBytes`)
   */
  maxLetters?: number;
  /**
   * Clock for the expiry of dead letters and for the times of inboxes.
   * @defaultValue the system clock
   */
  clock?: Clock;
}

/**
 * Makes a store in the memory of the process: a journal, dead letters and inboxes.
 *
 * @throws ConfigError if an option is wrong.
 * @public
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  // The check is inside the function, so that a bundle without memoryStore does not contain it.
  const check = shape<MemoryStoreOptions>({
    maxEntries: number({ min: 1, integer: true }),
    maxLetters: number({ min: 1, integer: true }),
    clock: port<Clock>('clock', 'now', 'wall', 'setTimer'),
  });
  const { maxEntries, maxLetters = 1_000, clock = systemClock } = check(options, 'options');
  return {
    journal: memoryJournal(maxEntries),
    deadLetters: new MemoryDeadLetters(maxLetters, clock),
    inboxes: new MemoryInboxes(clock),
  };
}
