import { type Check, nonNegative, number, oneOf, orFunction, positive, refuse, shape } from '../../contract/check.js';
import { reveal, type Secret } from '../../contract/secret.js';

/**
 * A call that failed permanently, for the function in `keep`.
 * @public
 */
export interface GivenUp {
  /** In capitals. */
  readonly method: string;
  /** Without query and fragment. */
  readonly url: string;
  readonly route: string;
  /** The code of a Holdline error, or the class of the last outcome with its status. */
  readonly reason: string;
  /** Whether the platform may have executed the call. */
  readonly mayBeExecuted: boolean;
}

/**
 * A key of 32 bytes, as bytes or in base64 or hex.
 * @public
 */
export type LetterSecret = string | Uint8Array | Secret;

/**
 * Options of dead letters. The line keeps dead letters if its `store` has dead letters.
 * @public
 */
export interface DeadLetterOptions {
  /**
   * Which failed calls are kept: `writes`, `all`, or a function that decides. `writes` are all calls except GET, HEAD, OPTIONS, TRACE
   * and those of routes declared `readOnly`.
   * @defaultValue 'writes' (ours: the result of a read is useless later)
   */
  keep?: 'writes' | 'all' | ((call: GivenUp) => boolean);
  /**
   * Encrypts query, headers and body, which may be secret. Of several keys the first encrypts, and all decrypt. Without a key none of
   * these parts is kept, and the application supplies them for a replay.
   * @defaultValue the key of the store, if it has one
   */
  key?: LetterSecret | LetterSecret[];
  /**
   * Time in ms for which a letter is kept.
   * @defaultValue 604,800,000 (ours: a week)
   */
  keepMs?: number;
  /**
   * Maximum size of a kept body in bytes. A letter leaves out a larger body.
   * @defaultValue 65,536 (ours: limits the size of the store)
   */
  maxBodyBytes?: number;
  /**
   * Time in ms for which a letter waits in memory for an unavailable store. Afterwards it is lost, and the event `deadLetter` says so. At
   * most 10,000 letters wait. `drain()` waits for them, and `close()` ends the wait.
   * @defaultValue 600,000 (ours: longer than the restart or failover of a store)
   */
  maxStoreOutageMs?: number;
}

const ALLOWED = '32 bytes, or the same in base64 or hex';

/** Checks a key. The error does not show the value. */
const secretCheck: Check<Uint8Array> = (value, key) => {
  const given = reveal(value);
  const bytes = typeof given === 'string' ? decodeSecret(given) : given;
  if (!(bytes instanceof Uint8Array) || bytes.length !== 32) refuse(key, undefined, ALLOWED);
  return bytes;
};

function decodeSecret(text: string): Uint8Array | undefined {
  if (/^[0-9a-f]{64}$/i.test(text))
    return Uint8Array.from({ length: 32 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

const keysCheck: Check<Uint8Array[]> = (value, key) => {
  const given: unknown[] = Array.isArray(value) ? value : [value];
  if (given.length === 0) refuse(key, value, 'a key or a list of them');
  // A page that is not served over TLS has no WebCrypto.
  if (!(globalThis as { crypto?: Partial<Crypto> }).crypto?.subtle)
    refuse(key, undefined, 'left out here, because there is no WebCrypto');
  return given.map((one) => secretCheck(one, key));
};

/** Checks {@link DeadLetterOptions}; keys become bytes. */
export const checkDeadLetters = shape<DeadLetterOptions>({
  keep: orFunction<(call: GivenUp) => boolean, 'writes' | 'all'>(oneOf('writes', 'all')),
  key: keysCheck,
  keepMs: positive,
  maxBodyBytes: number({ min: 0, integer: true }),
  maxStoreOutageMs: nonNegative,
});

/** Default options of dead letters. */
export const DEAD_LETTER_DEFAULTS = {
  keep: 'writes',
  keepMs: 7 * 86_400_000,
  maxBodyBytes: 65_536,
  maxStoreOutageMs: 600_000,
} as const satisfies DeadLetterOptions;
