import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts values with AES-256-GCM. Each text is bound to the name under which it is stored: under another name it does not decrypt.
 * @internal
 */
export class Cipher {
  // Private, so that a printed store shows no key.
  readonly #keys: readonly Uint8Array[];

  /** @param keys - The first key encrypts, all keys decrypt. */
  constructor(keys: readonly Uint8Array[]) {
    this.#keys = keys;
  }

  encrypt(name: string, value: unknown): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#keys[0] as Uint8Array, nonce).setAAD(Buffer.from(name));
    const encrypted = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]).toString('base64');
  }

  /** Decrypts a text. Undefined if no key decrypts it: it was encrypted with another key, or changed. */
  decrypt(name: string, text: string): unknown {
    const bytes = Buffer.from(text, 'base64');
    for (const key of this.#keys) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        }).setAAD(Buffer.from(name));
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        const decrypted = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
        return JSON.parse(decrypted.toString('utf8')) as unknown;
      } catch {
        // Another key may decrypt it.
      }
    }
    return undefined;
  }
}
