/** A seeded random source. The same seed gives the same sequence. */
export interface Random {
  /** The next number, 0 inclusive to 1 exclusive. */
  next(): number;
}

/**
 * Hashes a name with 32-bit FNV-1a. Similar names get unrelated streams, because the hash spreads them over the whole
 * range.
 */
export function hashText(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}

/**
 * Creates a random stream for one subject (`name`) from the common seed. Streams share no state, so that one more fault
 * does not change the ids or the jitter of a run.
 */
export function createRandomStream(seed: number, name: string): Random {
  let state = hashText(`${seed}/${name}`);
  return {
    // mulberry32: 32 bits of state are enough for test data, and the code is four lines.
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    },
  };
}

/** Two hex digits of each byte. */
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function generateHex(random: Random, digits: number): string {
  let text = '';
  for (let written = 0; written < digits; written += 8) {
    const bits = random.next() * 4_294_967_296;
    text += toHex(bits >>> 16) + toHex(bits & 0xffff);
  }
  return text.length === digits ? text : text.slice(0, digits);
}

function toHex(bits: number): string {
  return (BYTES[bits >>> 8] as string) + (BYTES[bits & 0xff] as string);
}

/** Generates an id in the form of a version 4 UUID. */
export function generateUuid(random: Random): string {
  const text = generateHex(random, 32);
  const variant = '89ab'.charAt(Math.floor(random.next() * 4));
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-${variant}${text.slice(17, 20)}-${text.slice(20)}`;
}

/** Generates an opaque token of 64 characters that needs no escaping in a header or a form. */
export function generateTokenText(random: Random): string {
  return generateHex(random, 64);
}
