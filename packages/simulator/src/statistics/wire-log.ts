/**
 * Outcome of a request.
 * @public
 */
export type WireOutcome =
  /** Not finished yet. */
  | 'open'
  /** Answered by the API, also with its own 4xx (404, 409, 413). */
  | 'answered'
  /** Answered with the stored answer of an Idempotency-Key; not executed. */
  | 'replayed'
  /** 429 of a limit. */
  | 'refused'
  /** 401 of the bearer check. */
  | 'unauthorized'
  /** Answered by a `status` fault. */
  | 'faulted'
  /** Answered with nonsense header values. */
  | 'malformed'
  /** Half an answer, then the socket was destroyed. */
  | 'truncated'
  /** The socket was destroyed without an answer, or the simulator stopped. */
  | 'dropped'
  /** The client disconnected before its answer was written. */
  | 'aborted'
  /** Answered by a script. */
  | 'scripted'
  /** A token request, answered with tokens or an error. */
  | 'token'
  /** A CORS preflight. */
  | 'preflight';

/**
 * One request and its outcome.
 * @public
 */
export interface WireEntry {
  /** Arrival of the headers, ms of `performance.now()` of this process (monotonic). Limits judge by this time. */
  readonly at: number;
  /** Time when the answer was written or the socket destroyed, same clock. */
  finishedAt?: number;
  /** 1, 2, 3, … in order of arrival. */
  readonly id: number;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Method and path pattern, for example `GET /api/v2/users/:id`. */
  readonly route: string;
  /**
   * Label of the token that was used or, on a token request, issued: `t1`, `t2`, … in order of issue. Never the token.
   */
  token?: string;
  /** HTTP status; 0 when no answer was begun. */
  status: number;
  outcome: WireOutcome;
  /** The request took effect: a handler ran and answered with success. */
  executed: boolean;
  /** Name of the limit that refused the request: with several, the one with the longest wait. */
  refusedBy?: string;
  /** In shadow mode: name of the limit that would have refused the request. */
  shadowRefusedBy?: string;
  /** The write took effect again: same method, path and body as an earlier write. */
  duplicate?: true;
  /** First 16 hex digits of the body's SHA-256; empty without a body. */
  bodyHash: string;
  /** The Idempotency-Key as sent. */
  readonly idempotencyKey?: string;
}

/**
 * Maximum number of entries, about 100 MB of memory. When the log is full, the oldest tenth is deleted.
 * @public
 */
export const WIRE_LOG_MAX_ENTRIES = 250_000;

/** The last requests, in order of arrival. */
export class WireLog {
  #entries: WireEntry[] = [];
  readonly #maxEntries: number;

  constructor(maxEntries: number = WIRE_LOG_MAX_ENTRIES) {
    this.#maxEntries = maxEntries;
  }

  add(entry: WireEntry): void {
    if (this.#entries.length >= this.#maxEntries) this.#entries.splice(0, Math.ceil(this.#maxEntries / 10));
    this.#entries.push(entry);
  }

  /** Returns a copy, so that neither the entries nor the list change under the reader. */
  list(): readonly WireEntry[] {
    return this.#entries.map((entry) => ({ ...entry }));
  }

  clear(): void {
    this.#entries = [];
  }
}
