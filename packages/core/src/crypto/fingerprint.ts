import { digestParts } from './digest.js';

// The salt differs in every process, so that a name in a snapshot does not allow guessing the credential.
const { crypto } = globalThis as { crypto?: Crypto };
const [SALT_A = 0, SALT_B = 0] = crypto?.getRandomValues(new Uint32Array(2)) ?? [];

/**
 * A short name for an Authorization header that does not reveal the header: 52 bits of two salted FNV-1a hashes. It keys quotas and
 * appears in snapshots. It stays the same for the life of the process.
 */
export function fingerprint(secret: string): string {
  let a = 0x811c9dc5 ^ SALT_A;
  let b = 0x050c5d1f ^ SALT_B;
  for (let i = 0; i < secret.length; i++) {
    const c = secret.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b ^ (c + i), 0x01000193);
  }
  return ((a >>> 0) * 0x100000 + ((b >>> 0) & 0xfffff)).toString(36);
}

/** A name for a credential that is the same in all processes with the same salt. */
export function sharedFingerprint(secret: string, salt: string): string {
  return digestParts(salt, secret).slice(0, 20);
}
