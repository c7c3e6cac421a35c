/** The span of addresses of one chunk. A chunk is never larger. */
const SPAN = 2 ** 32;

/**
 * The memory that holds the rows: buffers as they were read from a file, or as they are written to it. The collector of V8 neither
 * scans nor moves them. A chunk is freed when no row is left in it.
 */
export class Chunks {
  readonly #chunks: (Buffer | undefined)[] = [];
  /** Number of rows in each chunk, and of those who fill it. */
  readonly #holds: number[] = [];
  readonly #free: number[] = [];

  /** Adds a chunk that its caller holds until `release`. Returns the address of its first byte. */
  add(bytes: Buffer): number {
    const index = this.#free.pop() ?? this.#chunks.length;
    this.#chunks[index] = bytes;
    this.#holds[index] = 1;
    return index * SPAN;
  }

  /** Replaces the bytes of a chunk by a copy. */
  replace(address: number, bytes: Buffer): void {
    this.#chunks[Math.floor(address / SPAN)] = bytes;
  }

  bytesAt(address: number): Buffer {
    return this.#chunks[Math.floor(address / SPAN)] as Buffer;
  }

  hold(address: number): void {
    (this.#holds[Math.floor(address / SPAN)] as number)++;
  }

  release(address: number): void {
    const index = Math.floor(address / SPAN);
    if (--(this.#holds[index] as number) > 0) return;
    this.#chunks[index] = undefined;
    this.#free.push(index);
  }

  /** Bytes in memory. */
  get bytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + (chunk?.length ?? 0), 0);
  }
}

/** The offset of an address in its chunk. */
export function offsetOf(address: number): number {
  return address % SPAN;
}
