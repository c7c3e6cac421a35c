import type { Random } from '../contract/clock.js';
import { sha256 } from './sha256.js';

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** SHA-256 digest of a payload in hex, and its size in bytes. */
export function digestOf(payload: string | Uint8Array | undefined): { digest: string; bytes: number } {
  const data = typeof payload === 'object' ? payload : bytesOf(payload ?? '');
  return { digest: sha256(data), bytes: data.length };
}

/**
 * SHA-256 digest in hex of a list of values.
 * @internal
 */
export function digestParts(...parts: readonly unknown[]): string {
  return digestOf(JSON.stringify(parts)).digest;
}

export function formatUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Makes a random idempotency key for a write outside of a transaction. */
export function randomKey(random: Random): string {
  let hex = '';
  while (hex.length < 32) {
    hex += Math.floor(random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  }
  return formatUuid(hex);
}
