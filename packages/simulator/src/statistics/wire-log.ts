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
 * Maximum number of entries, about 80 MB of memory. When the log is full, the oldest tenth is deleted. Very long paths
 * fill it earlier.
 * @public
 */
export const WIRE_LOG_MAX_ENTRIES = 250_000;

/** Largest sum of the lengths of all paths. */
const MAX_TEXT = 50_000_000;

/** Members that most entries lack. */
type RareMembers = Pick<WireEntry, 'refusedBy' | 'shadowRefusedBy' | 'duplicate' | 'idempotencyKey'>;

/**
 * Consecutive entries, one list for each member. The objects of ended requests are not kept: 2,000 new objects a second
 * that stay alive cost pauses of 10 ms in the garbage collector.
 */
class WireBlock {
  /** Number of the first entry. */
  readonly first: number;
  textLength = 0;
  /** Entries of requests that have not ended. */
  readonly #open: (WireEntry | undefined)[] = [];
  readonly #ats: number[] = [];
  readonly #ends: number[] = [];
  readonly #ids: number[] = [];
  readonly #methods: string[] = [];
  readonly #paths: string[] = [];
  readonly #routes: string[] = [];
  readonly #tokens: (string | undefined)[] = [];
  readonly #statuses: number[] = [];
  readonly #outcomes: WireOutcome[] = [];
  readonly #executed: boolean[] = [];
  readonly #bodyHashes: string[] = [];
  readonly #rare: (RareMembers | undefined)[] = [];

  constructor(first: number) {
    this.first = first;
  }

  get length(): number {
    return this.#open.length;
  }

  add(entry: WireEntry): void {
    this.textLength += entry.path.length;
    this.#write(this.length, entry);
    this.#open.push(entry);
  }

  end(index: number): void {
    const entry = this.#open[index];
    if (entry === undefined) return;
    this.#write(index, entry);
    this.#open[index] = undefined;
  }

  /** Returns copies of all entries. */
  list(): WireEntry[] {
    return this.#open.map((_, index) => this.#read(index));
  }

  #read(index: number): WireEntry {
    const open = this.#open[index];
    if (open !== undefined) return { ...open };
    const token = this.#tokens[index];
    return {
      at: this.#ats[index] as number,
      finishedAt: this.#ends[index] as number,
      id: this.#ids[index] as number,
      method: this.#methods[index] as string,
      path: this.#paths[index] as string,
      route: this.#routes[index] as string,
      ...(token !== undefined && { token }),
      status: this.#statuses[index] as number,
      outcome: this.#outcomes[index] as WireOutcome,
      executed: this.#executed[index] as boolean,
      bodyHash: this.#bodyHashes[index] as string,
      ...this.#rare[index],
    };
  }

  #write(index: number, entry: WireEntry): void {
    this.#ats[index] = entry.at;
    this.#ends[index] = entry.finishedAt ?? 0;
    this.#ids[index] = entry.id;
    this.#methods[index] = entry.method;
    this.#paths[index] = entry.path;
    this.#routes[index] = entry.route;
    this.#tokens[index] = entry.token;
    this.#statuses[index] = entry.status;
    this.#outcomes[index] = entry.outcome;
    this.#executed[index] = entry.executed;
    this.#bodyHashes[index] = entry.bodyHash;
    this.#rare[index] = pickRareMembers(entry);
  }
}

function pickRareMembers(entry: WireEntry): RareMembers | undefined {
  const { refusedBy, shadowRefusedBy, duplicate, idempotencyKey } = entry;
  if ((refusedBy ?? shadowRefusedBy ?? duplicate ?? idempotencyKey) === undefined) return undefined;
  return {
    ...(refusedBy !== undefined && { refusedBy }),
    ...(shadowRefusedBy !== undefined && { shadowRefusedBy }),
    ...(duplicate !== undefined && { duplicate }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  };
}

/** The last requests, in order of arrival. */
export class WireLog {
  readonly #maxEntries: number;
  readonly #maxText: number;
  readonly #blockSize: number;
  #blocks: WireBlock[] = [];
  /** Number of the first entry of the first block. */
  #first = 0;
  #length = 0;
  #textLength = 0;

  constructor(maxEntries: number = WIRE_LOG_MAX_ENTRIES, maxText: number = MAX_TEXT) {
    this.#maxEntries = maxEntries;
    this.#maxText = maxText;
    this.#blockSize = Math.ceil(maxEntries / 10);
  }

  /**
   * Adds an entry. The log shows its changes until `end`.
   *
   * @returns the number of the entry, for `end`.
   */
  add(entry: WireEntry): number {
    while (this.#blocks.length > 1 && this.#textLength > this.#maxText) this.#deleteOldestBlock();
    if (this.#length >= this.#maxEntries) this.#deleteOldestBlock();
    let block = this.#blocks.at(-1);
    const isFull = block !== undefined && (block.length >= this.#blockSize || block.textLength > this.#maxText / 10);
    if (block === undefined || isFull) this.#blocks.push((block = new WireBlock(this.#first + this.#length)));
    block.add(entry);
    this.#length += 1;
    this.#textLength += entry.path.length;
    return this.#first + this.#length - 1;
  }

  /** Keeps the final state of an entry, and forgets its object. */
  end(number: number): void {
    // Requests end soon after they arrive. The log may have lost the entry meanwhile.
    const block = this.#blocks.findLast(({ first }) => first <= number);
    block?.end(number - block.first);
  }

  /** Returns a copy, so that neither the entries nor the list change under the reader. */
  list(): readonly WireEntry[] {
    return this.#blocks.flatMap((block) => block.list());
  }

  clear(): void {
    this.#blocks = [];
    this.#first += this.#length;
    this.#length = this.#textLength = 0;
  }

  #deleteOldestBlock(): void {
    const oldest = this.#blocks.shift();
    if (oldest === undefined) return;
    this.#first += oldest.length;
    this.#length -= oldest.length;
    this.#textLength -= oldest.textLength;
  }
}
