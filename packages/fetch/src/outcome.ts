/** What the body of a refusal tells. */
export interface Refusal {
  /** Name of the quota that refused. */
  limitKey?: string | undefined;
  /** Milliseconds to wait, where no header says so. */
  retryAfterMs?: number | undefined;
}

/** Looks for a vendor's words in the text of a 429. */
export type ReadRefusal = (body: string) => Refusal;
