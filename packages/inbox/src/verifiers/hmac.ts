/** Length of an HMAC-SHA256 in bytes. */
const HMAC_BYTES = 32;

/** Canonical base64 of 32 bytes. Of the last character before the padding, only four bits count; the others must be zero. */
const BASE64 = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Returns the bytes of base64, or undefined if `text` is not base64. */
export function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Returns the bytes of an HMAC-SHA256 in canonical base64, or undefined. Hex, base64url and other lengths are not accepted. */
export function decodeSignature(text: string): Uint8Array | undefined {
  return BASE64.test(text) ? decodeBase64(text) : undefined;
}

/** Joins byte arrays. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Compares two HMACs in constant time. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < HMAC_BYTES; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** The secrets of one sender, for HMAC-SHA256 with WebCrypto. Any of them may sign, so that a secret can be replaced. */
export class HmacKeys {
  readonly #secrets: readonly Uint8Array[];
  #keys: Promise<CryptoKey[]> | undefined;

  constructor(secrets: readonly Uint8Array[]) {
    this.#secrets = secrets;
  }

  /** Whether one of `signatures` is the HMAC of `data` under one of the keys. The time does not depend on which one it is. */
  async verify(data: Uint8Array, signatures: readonly Uint8Array[]): Promise<boolean> {
    let isValid = false;
    for (const own of await this.#sign(data)) {
      for (const signature of signatures) if (isSame(own, signature)) isValid = true;
    }
    return isValid;
  }

  /** Whether a text equals one of the secrets. HMACs under a random key are compared, so the time reveals nothing of a secret. */
  async isOneOf(text: string): Promise<boolean> {
    const [given, ...own] = await Promise.all([bytesOf(text), ...this.#secrets].map(blind));
    let isValid = false;
    for (const secret of own) if (isSame(secret, given as Uint8Array)) isValid = true;
    return isValid;
  }

  async #sign(data: Uint8Array): Promise<Uint8Array[]> {
    this.#keys ??= Promise.all(this.#secrets.map(importKey));
    return Promise.all((await this.#keys).map((key) => sign(key, data)));
  }
}

function importKey(secret: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', secret as Uint8Array<ArrayBuffer>, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
}

async function sign(key: CryptoKey, data: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, data as Uint8Array<ArrayBuffer>));
}

let randomKey: Promise<CryptoKey> | undefined;

async function blind(data: Uint8Array): Promise<Uint8Array> {
  randomKey ??= importKey(crypto.getRandomValues(new Uint8Array(HMAC_BYTES)));
  return sign(await randomKey, data);
}
