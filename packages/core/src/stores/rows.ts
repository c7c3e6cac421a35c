/**
 * The place where a part of a store in memory writes its rows. A store on disk keeps the rows, and gives them back to the part after a
 * restart. Rows are plain JSON, and their times are wall ms, because monotonic time has another start in each process.
 */
export interface Rows {
  /** Rows that were kept, in the order of their first write. */
  load(): Iterable<readonly [key: string, row: unknown]>;
  /** Writes a row. Settles when the row is durable. */
  set(key: string, row: unknown): Promise<void>;
  /** Deletes a row. Settles when the deletion is durable. */
  delete(key: string): Promise<void>;
}

/** Rows of a store in memory only. */
export const noRows: Rows = {
  load: () => [],
  set: () => Promise.resolve(),
  delete: () => Promise.resolve(),
};
