import type { LetterSecret } from './options.js';

const NONCE_BYTES = 12;

/** Encrypts with AES-256-GCM, bound to the id of a letter: in another one it does not open. WebCrypto, for browsers have it too. */
export class LetterSeal {
  readonly #keys: Promise<CryptoKey>[];

  /** @param keys The first encrypts, all decrypt. */
  constructor(keys: readonly LetterSecret[]) {
    this.#keys = keys.map((key) =>
      crypto.subtle.importKey('raw', key as Uint8Array<ArrayBuffer>, 'AES-GCM', false, ['encrypt', 'decrypt']),
    );
  }

  async close(id: string, value: unknown): Promise<string> {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const data = new TextEncoder().encode(JSON.stringify(value));
    const key = await (this.#keys[0] as Promise<CryptoKey>);
    const sealed = await crypto.subtle.encrypt(algorithm(id, nonce), key, data);
    return btoa(binary(nonce) + binary(new Uint8Array(sealed)));
  }

  /** Undefined where no key opens it: it is another one's, or was tampered with. */
  async open(id: string, text: string): Promise<unknown> {
    const all = bytesOf(atob(text));
    for (const key of this.#keys) {
      try {
        const how = algorithm(id, all.subarray(0, NONCE_BYTES));
        const opened = await crypto.subtle.decrypt(how, await key, all.subarray(NONCE_BYTES));
        return JSON.parse(new TextDecoder().decode(opened)) as unknown;
      } catch {
        // Perhaps the next one.
      }
    }
    return undefined;
  }
}

function algorithm(id: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(`letter:${id}`) };
}

/** Bytes as a string of as many characters. */
export function binary(bytes: Uint8Array): string {
  let text = '';
  // As arguments, of which there may not be too many.
  for (let i = 0; i < bytes.length; i += 8_192) text += String.fromCharCode(...bytes.subarray(i, i + 8_192));
  return text;
}

/** The bytes of such a string. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
