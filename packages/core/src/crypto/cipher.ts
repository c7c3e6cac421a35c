const NONCE_BYTES = 12;

/**
 * Encrypts with AES-256-GCM. The result is bound to its purpose and the id of its record, and cannot be decrypted for another record.
 * The class uses WebCrypto, which browsers have too.
 * @internal
 */
export class RecordCipher {
  readonly #keys: Promise<CryptoKey>[];

  /**
   * @param keys - The first key encrypts, all keys decrypt.
   * @param purpose - Kind of the records, such as `letter`.
   */
  constructor(
    keys: readonly Uint8Array[],
    readonly purpose: string,
  ) {
    this.#keys = keys.map((key) =>
      crypto.subtle.importKey('raw', key as Uint8Array<ArrayBuffer>, 'AES-GCM', false, ['encrypt', 'decrypt']),
    );
  }

  async encrypt(id: string, value: unknown): Promise<string> {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const data = new TextEncoder().encode(JSON.stringify(value));
    const key = await (this.#keys[0] as Promise<CryptoKey>);
    const encrypted = await crypto.subtle.encrypt(this.#algorithm(id, nonce), key, data);
    return btoa(toBinaryString(nonce) + toBinaryString(new Uint8Array(encrypted)));
  }

  /** Decrypts a value. Undefined: no key decrypts it, or the value belongs to another record or was changed. */
  async decrypt(id: string, text: string): Promise<unknown> {
    const all = fromBinaryString(atob(text));
    for (const key of this.#keys) {
      try {
        const parameters = this.#algorithm(id, all.subarray(0, NONCE_BYTES));
        const decrypted = await crypto.subtle.decrypt(parameters, await key, all.subarray(NONCE_BYTES));
        return JSON.parse(new TextDecoder().decode(decrypted)) as unknown;
      } catch {
        // The next key may decrypt it.
      }
    }
    return undefined;
  }

  #algorithm(id: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
    return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(`${this.purpose}:${id}`) };
  }
}

/** Returns bytes as a string with one character for each byte. */
export function toBinaryString(bytes: Uint8Array): string {
  let text = '';
  // In chunks, because engines limit the number of arguments.
  for (let i = 0; i < bytes.length; i += 8_192) text += String.fromCharCode(...bytes.subarray(i, i + 8_192));
  return text;
}

/** Returns the bytes of a string from {@link toBinaryString}. */
export function fromBinaryString(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
