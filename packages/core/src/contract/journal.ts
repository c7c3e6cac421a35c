/** What the journal remembers of one step of a transaction. Holds digests only, never a payload. */
export interface JournalEntry {
  /** The idempotency key as it goes on the wire. */
  readonly key: string;
  /** Digest of the payload the key was issued for. */
  readonly payloadDigest: string;
  /** Size of that payload in bytes. */
  readonly payloadBytes: number;
  /** Wall time at which the key was issued, in ms. */
  readonly issuedAt: number;
  /** How often the key of this step was rotated. */
  readonly generation: number;
  /** Attempts made under this key. */
  readonly attempts: number;
  /** What became of it, as far as is known. */
  readonly state: 'started' | 'answered' | 'unknown';
}

/** Where idempotency keys survive. */
export interface Journal {
  get(step: string): Promise<JournalEntry | undefined>;
  put(step: string, entry: JournalEntry): Promise<void>;
  delete(step: string): Promise<void>;
}
