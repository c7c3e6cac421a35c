import { createHmac } from 'node:crypto';
import { list, refuse, type Check } from '../contract/check.js';
import { ConfigError } from '../contract/errors.js';
import { reveal, type Secret } from '../contract/secret.js';

/**
 * A key of 32 bytes, or the same in base64 or hex. Of several keys the first encrypts and all decrypt.
 * @public
 */
export type EncryptionKey = string | Uint8Array | Secret | readonly (string | Uint8Array | Secret)[];

/** Refuses a value that may be a secret: the error shows its length, and never its text. */
function refuseSecret(key: string, value: unknown, allowed: string): never {
  if (typeof value !== 'string') refuse(key, value, allowed);
  throw new ConfigError(`${key} must be ${allowed}, got a string of ${value.length} characters`);
}

const checkKey: Check<Uint8Array> = (value, key) => {
  const given = reveal(value);
  const bytes =
    typeof given !== 'string' ? given : Buffer.from(given, /^[0-9a-f]{64}$/i.test(given) ? 'hex' : 'base64');
  return bytes instanceof Uint8Array && bytes.length === 32
    ? bytes
    : refuseSecret(key, given, '32 bytes, or the same in base64 or hex');
};

/**
 * Checks the option `key` of a store.
 * @throws ConfigError that shows no key.
 * @internal
 */
export const checkKeys: Check<Uint8Array[]> = (value, key) => {
  if (!Array.isArray(value)) return [checkKey(value, key)];
  if (value.length === 0) refuse(key, value, 'a key, or a list of at least one key');
  return list(checkKey)(value, key);
};

/**
 * Derives the keys for one purpose, so that a key of one purpose decrypts nothing of another.
 * @internal
 */
export function deriveKeys(keys: readonly Uint8Array[], purpose: string): Uint8Array[] {
  return keys.map((key) => new Uint8Array(createHmac('sha256', key).update(purpose).digest()));
}
