import type { JournalEntry, Store } from '../../index.js';
import { transactionSteps } from '../../index.js';

/** A store that outlives processes: it keeps text, as a database does. A test can read the entries, and let the next operations fail. */
export interface DurableStore extends Store {
  readonly rows: Map<string, string>;
  /** The entries, in the order of their steps. */
  entries(): JournalEntry[];
  /** Operations that fail, or never answer. */
  readonly broken: Map<'get' | 'put' | 'replace', Error | 'silent'>;
  /** Names of the operations so far. */
  readonly log: string[];
}

export function durableStore(keys?: readonly Uint8Array[]): DurableStore {
  const rows = new Map<string, string>();
  const broken: DurableStore['broken'] = new Map();
  const log: string[] = [];
  const read = (step: string): JournalEntry | undefined => {
    const row = rows.get(step);
    return row === undefined ? undefined : (JSON.parse(row) as JournalEntry);
  };
  const use = <T>(name: 'get' | 'put' | 'replace', state: string, work: () => T): Promise<T> => {
    log.push(`${name} ${state}`.trim());
    const failure = broken.get(name);
    if (failure === 'silent') return new Promise(() => undefined);
    return failure ? Promise.reject(failure) : Promise.resolve(work());
  };
  return {
    rows,
    broken,
    log,
    entries: () => [...rows.keys()].map((step) => read(step) as JournalEntry),
    journal: {
      steps: transactionSteps,
      keys,
      get: (step) => use('get', '', () => read(step)),
      put: (step, entry) => use('put', entry.state, () => void rows.set(step, JSON.stringify(entry))),
      replace: (step, known, entry) =>
        use('replace', entry.state, () => {
          if (rows.get(step) !== (known && JSON.stringify(known))) return false;
          rows.set(step, JSON.stringify(entry));
          return true;
        }),
      delete: (step) => Promise.resolve(void rows.delete(step)),
    },
  };
}
