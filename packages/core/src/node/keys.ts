import { createHmac } from 'node:crypto';
import { list, refuse, type Check } from '../contract/check.js';
import { ConfigError } from '../contract/errors.js';

/**
 * A key of 32 bytes, or the same in base64 or hex. Of several keys the first encrypts and all decrypt.
 * @public
 */
export type EncryptionKey = string | Uint8Array | readonly (string | Uint8Array)[];

/** Refuses a value that may be a secret: the error shows its length, and never its text. */
function refuseSecret(key: string, value: unknown, allowed: string): never {
  if (typeof value !== 'string') refuse(key, value, allowed);
  throw new ConfigError(`${key} must be ${allowed}, got a string of ${value.length} characters`);
}

const checkKey: Check<Uint8Array> = (value, key) => {
  const bytes =
    typeof value !== 'string' ? value : Buffer.from(value, /^[0-9a-f]{64}$/i.test(value) ? 'hex' : 'base64');
  return bytes instanceof Uint8Array && bytes.length === 32
    ? bytes
    : refuseSecret(key, value, '32 bytes, or the same in base64 or hex');
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
