import type { Chunks } from './chunks.js';
import { FRAME_HEAD } from './frames.js';
import { MAX_KEY_BYTES, OPERATION_HEAD, writeOperationHead, type OperationKind } from './operations.js';

const FIRST_BYTES = 16_384;
/** A larger buffer is not kept for the next commit. */
const MAX_KEPT_BYTES = 1_048_576;

/** Operations that become durable together: one frame, written and synced once. */
export class Commit {
  /** Settles when the commit is durable. */
  readonly durable: Promise<void>;
  resolve!: () => void;
  reject!: (error: unknown) => void;
  /** Address of the frame in memory. Its head is empty until it is written. */
  readonly address: number;
  readonly #chunks: Chunks;
  #bytes: Buffer;
  #end = FRAME_HEAD;

  /** @param bytes - Memory of an earlier commit, to be used again. */
  constructor(
    readonly number: number,
    chunks: Chunks,
    bytes: Buffer | undefined,
  ) {
    this.#chunks = chunks;
    this.#bytes = bytes ?? Buffer.allocUnsafeSlow(FIRST_BYTES);
    this.address = chunks.add(this.#bytes);
    this.durable = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Nobody may wait for this commit.
    this.durable.catch(() => undefined);
  }

  /** Number of bytes of all operations. */
  get length(): number {
    return this.#end - FRAME_HEAD;
  }

  /**
   * Adds an operation. Returns its address.
   * @throws RangeError if the key is too long.
   */
  add(kind: OperationKind, table: number, key: string, value = ''): number {
    // No character takes more than three bytes of UTF-8 for each of its UTF-16 units.
    this.#reserve(OPERATION_HEAD + 3 * (key.length + value.length));
    const start = this.#end;
    const keyLength = this.#bytes.write(key, start + OPERATION_HEAD);
    if (keyLength > MAX_KEY_BYTES) throw new RangeError(`a key of ${keyLength} bytes is too long for the file store`);
    const valueLength = this.#bytes.write(value, start + OPERATION_HEAD + keyLength);
    writeOperationHead(this.#bytes, start, kind, table, keyLength, valueLength);
    this.#end = start + OPERATION_HEAD + keyLength + valueLength;
    return this.address + start;
  }

  /**
   * Takes the frame, without its head, in memory of its exact size. Rows of the commit move there.
   * @returns the frame, and the memory that is free again.
   */
  seal(): { frame: Buffer; free: Buffer | undefined } {
    const free = this.#bytes;
    const frame = Buffer.allocUnsafeSlow(this.#end);
    free.copy(frame, 0, 0, this.#end);
    this.#bytes = frame;
    this.#chunks.replace(this.address, frame);
    return { frame, free: free.length > MAX_KEPT_BYTES ? undefined : free };
  }

  /** The operations, without the head of their frame. */
  get operations(): Buffer {
    return this.#bytes.subarray(FRAME_HEAD, this.#end);
  }

  #reserve(length: number): void {
    if (this.#end + length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, this.#end + length));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
    this.#chunks.replace(this.address, larger);
  }
}
