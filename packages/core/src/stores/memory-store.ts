import { number, port, shape } from '../contract/check.js';
import type { Clock } from '../contract/clock.js';
import type { Store } from '../contract/store.js';
import { systemClock } from '../runtime/system.js';
import { MemoryDeadLetters } from './memory-dead-letters.js';
import { MemoryInboxes } from './memory-inboxes.js';
import { stepJournal } from './step-journal.js';

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
   * Maximal size of all answers that the journal keeps, in characters. The oldest answer is deleted first, and its step stays done.
   * @defaultValue 50,000,000 (ours: some 50 MB)
   */
  maxAnswerChars?: number;
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
 * Makes a store in the memory of the process: a journal, which keeps the answers of transactions, dead letters and inboxes.
 *
 * @throws ConfigError if an option is wrong.
 * @public
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  // The check is inside the function, so that a bundle without memoryStore does not contain it.
  const check = shape<MemoryStoreOptions>({
    maxEntries: number({ min: 1, integer: true }),
    maxAnswerChars: number({ min: 0, integer: true }),
    maxLetters: number({ min: 1, integer: true }),
    clock: port<Clock>('clock', 'now', 'wall', 'setTimer'),
  });
  const { maxEntries, maxAnswerChars, maxLetters = 1_000, clock = systemClock } = check(options, 'options');
  return {
    journal: stepJournal(maxEntries, maxAnswerChars),
    deadLetters: new MemoryDeadLetters(maxLetters, clock),
    inboxes: new MemoryInboxes(clock),
  };
}
