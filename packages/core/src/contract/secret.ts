import { ConfigError } from './errors.js';
import { readSafely } from './safe-read.js';

/**
 * A text that prints as `[redacted]` everywhere: in `console.log` and `util.inspect`, in JSON, in template strings, and in the developer
 * tools of browsers. `structuredClone` copies no text. The function `secret` makes it.
 * @public
 */
export interface Secret {
  /** Returns the text. */
  reveal(): string;
  /** Returns `[redacted]`. */
  toString(): string;
  /** Returns `[redacted]`. */
  toJSON(): string;
}

const REDACTED = '[redacted]';
/** The property by which all copies of this package recognise a secret. */
const BRAND = Symbol.for('@holdline/secret');

// Developer tools show the private fields of an object. They do not show the entries of a map that the object does not reference.
const values = new WeakMap<object, string>();

class HiddenText implements Secret {
  constructor(value: string) {
    values.set(this, value);
    // Not computed members of the class: bundlers would keep the class on pages that wrap no secret.
    Object.defineProperties(this, {
      [BRAND]: { value: true },
      [Symbol.for('nodejs.util.inspect.custom')]: { value: () => REDACTED },
    });
    // A frozen object gets no reactive proxy, whose `reveal` would find no text.
    Object.freeze(this);
  }

  reveal(): string {
    return values.get(this) as string;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }
}

/**
 * Wraps a text in a {@link Secret}. Every option for a client secret, a password, a refresh token or a key accepts it.
 *
 * @param value - A text that is not empty.
 * @throws ConfigError if the value is no text, or empty. The error does not show the value.
 * @example
 * ```ts
 * import { secret } from '@holdline/core';
 *
 * const clientSecret = secret('s3cret');
 * console.log(`${clientSecret}`, JSON.stringify({ clientSecret })); // [redacted] {"clientSecret":"[redacted]"}
 * ```
 * @public
 */
export function secret(value: string): Secret {
  if (typeof value !== 'string' || value === '')
    throw new ConfigError('the value of a secret must be a string that is not empty');
  return new HiddenText(value);
}

/**
 * Whether `value` is a {@link Secret}, of this or another copy of the package.
 * @public
 */
export function isSecret(value: unknown): value is Secret {
  return readSafely(value, BRAND) === true;
}

/**
 * Returns the text of a secret, and any other value unchanged.
 * @internal
 */
export function reveal<T>(value: T): Exclude<T, Secret> | (T extends Secret ? string : never) {
  return (isSecret(value) ? value.reveal() : value) as Exclude<T, Secret>;
}
