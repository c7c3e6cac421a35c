/** The clients of the matrix. */
export type ClientName = 'axios' | 'genesys' | 'cxone' | 'inbox';

/** The kinds of calls of the matrix. */
export type Operation = 'read' | 'keyed write' | 'unkeyed write' | 'stream';

/** How long a fault lasts: for the first attempt, or for all. */
export type Duration = 'once' | 'lasting';

/** What the caller gets and what the platform does, for one call. */
export interface Outcome {
  /** `answer`, `status 500`, the name of a Holdline error, or `client error`: the client's own error without an answer. */
  readonly caller: string;
  /** Number of requests that the platform receives or, where it cannot receive them, that the client tries. */
  readonly attempts: number;
  /** Number of times that the platform executes the write. */
  readonly executions: number;
  /** Number of dead letters. */
  readonly letters: number;
  /** Number of dead letters that the store could not keep. The event `deadLetter` reports them. */
  readonly lost?: number;
}

/** A cell of the matrix: an outcome, or the reason why the combination has no meaning. */
export type Expected = Outcome | { readonly reason: string };

/** One fault, with the expected outcomes of every client, duration and operation. */
export interface FaultRow {
  readonly name: string;
  /** The fault in a sentence, for the page. */
  readonly text: string;
  expected(client: ClientName, duration: Duration, operation: Operation): Expected;
}

export const CLIENTS: readonly ClientName[];
export const OPERATIONS: readonly Operation[];
export const DURATIONS: readonly Duration[];
export const FAULTS: readonly FaultRow[];
/** Faults of a whole process. They need a child process. */
export const PROCESS_FAULTS: readonly FaultRow[];
/** What the sender of an event gets at the HTTP door of an inbox, and what is stored. */
export interface DoorRow {
  readonly name: string;
  readonly text: string;
  /** The status, with `Retry-After` or without, or `none`. */
  readonly answer: string;
  /** Number of events that the inbox stored although the request failed. */
  readonly stored: number;
}

export const DOOR_FAULTS: readonly DoorRow[];
