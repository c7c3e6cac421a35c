import type { Journal, JournalEntry } from '../contract/journal.js';
import { transactionSteps } from '../policies/idempotency/steps.js';

/**
 * A journal in the memory of the process that also keeps the answers of transactions. It keeps the newest `maxEntries` entries, and the
 * newest answers up to `maxAnswerChars` characters. A step whose answer is deleted stays done.
 */
export function stepJournal(maxEntries = 100_000, maxAnswerChars = 50_000_000): Journal {
  const entries = new Map<string, JournalEntry>();
  /** Steps with an answer, oldest first. */
  const answered = new Map<string, number>();
  let chars = 0;

  function forgetAnswer(step: string): void {
    chars -= answered.get(step) ?? 0;
    answered.delete(step);
  }

  function write(step: string, entry: JournalEntry): void {
    remove(step);
    entries.set(step, entry);
    const { length } = entry.done?.answer ?? '';
    if (length > 0) answered.set(step, length);
    chars += length;
    if (entries.size > maxEntries) remove(entries.keys().next().value as string);
    while (chars > maxAnswerChars) {
      const oldest = answered.keys().next().value as string;
      const { done, ...rest } = entries.get(oldest) as JournalEntry;
      // A change in place, so that the entry keeps its place in the order of deletion.
      entries.set(oldest, { ...rest, ...(done && { done: { status: done.status, at: done.at } }) });
      forgetAnswer(oldest);
    }
  }

  function remove(step: string): void {
    entries.delete(step);
    forgetAnswer(step);
  }

  return {
    steps: transactionSteps,
    isInMemory: true,
    get: (step) => Promise.resolve(entries.get(step)),
    put: (step, entry) => Promise.resolve(write(step, entry)),
    replace(step, known, entry) {
      const isKnown = entries.get(step) === known;
      if (isKnown) write(step, entry);
      return Promise.resolve(isKnown);
    },
    delete: (step) => Promise.resolve(remove(step)),
  };
}
