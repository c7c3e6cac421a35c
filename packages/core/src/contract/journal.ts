/**
 * The record of one step of a transaction. It has digests only, never a payload.
 * @public
 */
export interface JournalEntry {
  /** The idempotency key as sent on the wire. */
  readonly key: string;
  /** Digest of the payload that the key was issued for. */
  readonly payloadDigest: string;
  /** Size of that payload in bytes. */
  readonly payloadBytes: number;
  /** Wall time at which the key was issued, in ms. */
  readonly issuedAt: number;
  /** Number of rotations of the key of this step. */
  readonly generation: number;
  /** Attempts made under this key. */
  readonly attempts: number;
  /** Last known state of the step. */
  readonly state: 'started' | 'answered' | 'unknown';
}

/**
 * Storage for idempotency keys.
 * @public
 */
export interface Journal {
  get(step: string): Promise<JournalEntry | undefined>;
  put(step: string, entry: JournalEntry): Promise<void>;
  delete(step: string): Promise<void>;
}
