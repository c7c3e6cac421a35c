/** The first `count` primes. */
function findPrimes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

/** The first 32 bits of the fractional part. */
const fractionBits = (x: number): number => (x * 2 ** 32) | 0;

// FIPS 180-4 derives its constants from the roots of primes. Computing them keeps the bundle small.
const PRIMES = findPrimes(64);
const ROUND = PRIMES.map((prime) => fractionBits(Math.cbrt(prime)));
const START = PRIMES.slice(0, 8).map((prime) => fractionBits(Math.sqrt(prime)));

const rotate = (x: number, by: number): number => (x >>> by) | (x << (32 - by));

type Eight = [number, number, number, number, number, number, number, number];

/**
 * SHA-256 in hex, synchronous on every platform. `node:crypto` exists in Node only, and Web Crypto is asynchronous and needs a secure
 * context. A library would be larger than the policy that uses the digest.
 */
export function sha256(data: Uint8Array): string {
  const { length } = data;
  const padded = new Uint8Array(Math.ceil((length + 9) / 64) * 64);
  padded.set(data);
  padded[length] = 0x80;
  const view = new DataView(padded.buffer);
  // The length in bits needs 64 bits.
  view.setUint32(padded.length - 8, length / 2 ** 29);
  view.setUint32(padded.length - 4, length << 3);

  const state = Int32Array.from(START);
  const words = new Int32Array(64);
  for (let at = 0; at < padded.length; at += 64) {
    let [a, b, c, d, e, f, g, h] = state as Iterable<number> as Eight;
    for (let i = 0; i < 64; i++) {
      words[i] = i < 16 ? view.getInt32(at + 4 * i) : extendWord(words, i);
      const spread = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const first = (h + spread + ((e & f) ^ (~e & g)) + (ROUND[i] as number) + (words[i] as number)) | 0;
      const second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i] as number) + word));
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

function extendWord(words: Int32Array, i: number): number {
  const near = words[i - 2] as number;
  const far = words[i - 15] as number;
  const mixed =
    (rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10)) + (rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3));
  return mixed + (words[i - 7] as number) + (words[i - 16] as number);
}
