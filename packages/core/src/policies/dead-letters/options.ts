import { callable, type Check, either, number, oneOf, refuse, shape } from '../../contract/check.js';

/** A call that was given up, for whoever decides whether it is kept. */
export interface GivenUp {
  /** In capitals. */
  readonly method: string;
  /** Without query and fragment. */
  readonly url: string;
  readonly route: string;
  /** The code of an error of ours, or the class of the last outcome, with its status. */
  readonly reason: string;
  /** Whether it may have been executed all the same. */
  readonly mayBeExecuted: boolean;
}

/** A key of 32 bytes, or the same in base64 or hex. */
export type LetterSecret = string | Uint8Array;

/** Options of the dead letters. They are kept where the line was given a `store` that has a place for them. */
export interface DeadLetterOptions {
  /**
   * Which of the calls that were given up are kept: `writes` are those that are neither GET, HEAD, OPTIONS nor TRACE, nor on a route
   * declared `readOnly`; or a function that says so.
   * @defaultValue 'writes' (ours: a read is worth nothing later)
   */
  keep?: 'writes' | 'all' | ((call: GivenUp) => boolean);
  /**
   * Encrypts what may be secret: query, headers and body. Of several keys the first encrypts, all decrypt. Without one none of these
   * is kept, and a replay has to be given them.
   * @defaultValue the store's, where it has one
   */
  key?: LetterSecret | LetterSecret[];
  /**
   * How long a letter is kept, in ms.
   * @defaultValue 604,800,000 (ours: a week)
   */
  keepMs?: number;
  /**
   * A larger body is left out.
   * @defaultValue 65,536 (ours: bounds what a store has to hold)
   */
  maxBodyBytes?: number;
}

const ALLOWED = '32 bytes, or the same in base64 or hex';

/** What is refused is not shown. */
const secretCheck: Check<Uint8Array> = (value, key) => {
  const bytes = typeof value === 'string' ? decoded(value) : value;
  if (!(bytes instanceof Uint8Array) || bytes.length !== 32) refuse(key, undefined, ALLOWED);
  return bytes;
};

function decoded(text: string): Uint8Array | undefined {
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
  // Where a page is not served over TLS, browsers have nothing to encrypt with.
  if (!(globalThis as { crypto?: Partial<Crypto> }).crypto?.subtle)
    refuse(key, undefined, 'left out here: there is no WebCrypto');
  return given.map((one) => secretCheck(one, key));
};

/** Checks {@link DeadLetterOptions}; keys become bytes. */
export const checkDeadLetters = shape<DeadLetterOptions>({
  keep: either(
    callable<(call: GivenUp) => boolean>(),
    oneOf('writes', 'all'),
    (value) => typeof value === 'function',
  ) as Check<NonNullable<DeadLetterOptions['keep']>>,
  key: keysCheck,
  keepMs: number({ above: 0 }),
  maxBodyBytes: number({ min: 0, integer: true }),
});

/** Options in force where the user gave none. */
export const DEAD_LETTER_DEFAULTS = {
  keep: 'writes',
  keepMs: 7 * 86_400_000,
  maxBodyBytes: 65_536,
} as const satisfies DeadLetterOptions;
