import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts with AES-256-GCM, bound to the name under which it is kept: moved to another one it does not open. */
export class Seal {
  // Whoever prints a store sees no key.
  readonly #keys: readonly Uint8Array[];

  /** @param keys The first encrypts, all decrypt. */
  constructor(keys: readonly Uint8Array[]) {
    this.#keys = keys;
  }

  close(name: string, value: unknown): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#keys[0] as Uint8Array, nonce).setAAD(Buffer.from(name));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
  }

  /** Undefined where no key opens it: it is another one's, or was tampered with. */
  open(name: string, text: string): unknown {
    const bytes = Buffer.from(text, 'base64');
    for (const key of this.#keys) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        }).setAAD(Buffer.from(name));
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        const opened = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
        return JSON.parse(opened.toString('utf8')) as unknown;
      } catch {
        // Perhaps the next one.
      }
    }
    return undefined;
  }
}
