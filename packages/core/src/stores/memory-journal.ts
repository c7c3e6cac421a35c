import type { Journal, JournalEntry } from '../contract/journal.js';

/** A journal in the memory of the process. It keeps the newest `maxEntries` entries. */
export function memoryJournal(maxEntries = 100_000): Journal {
  const entries = new Map<string, JournalEntry>();
  return {
    get: (step) => Promise.resolve(entries.get(step)),
    put(step, entry) {
      entries.delete(step);
      entries.set(step, entry);
      if (entries.size > maxEntries) entries.delete(entries.keys().next().value as string);
      return Promise.resolve();
    },
    delete(step) {
      entries.delete(step);
      return Promise.resolve();
    },
  };
}
