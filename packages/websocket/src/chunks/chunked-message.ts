import { writeChunk } from './chunk-format.js';
import { crc32 } from './crc32.js';

/** A message that is sent in chunks. */
export class ChunkedMessage {
  readonly #bytes: Uint8Array;
  readonly #binary: boolean;
  readonly #crc: number;
  readonly count: number;
  #index = 0;

  constructor(
    data: string | Uint8Array,
    readonly id: number,
    readonly chunkBytes: number,
  ) {
    this.#binary = typeof data !== 'string';
    this.#bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    this.#crc = crc32(this.#bytes);
    this.count = Math.max(1, Math.ceil(this.#bytes.length / chunkBytes));
  }

  /** Whether at least one chunk was sent. */
  get hasStarted(): boolean {
    return this.#index > 0;
  }

  /** Number of chunks that were not sent yet. */
  get remaining(): number {
    return this.count - this.#index;
  }

  /** Returns the next chunk to send. */
  takeChunk(): Uint8Array {
    const index = this.#index++;
    const body = this.#bytes.subarray(index * this.chunkBytes, (index + 1) * this.chunkBytes);
    const { id, count } = this;
    return writeChunk({ binary: this.#binary, id, index, count, total: this.#bytes.length, crc: this.#crc }, body);
  }
}

/**
 * Splits a message into chunks, one frame each. For a peer that sends to a guarded socket.
 *
 * @param id - Number of the message. Messages in transit on one session need different numbers.
 * @param chunkBytes - Bytes of a chunk without its header of 28 bytes. @defaultValue 16,384
 * @example
 * ```ts
 * import { splitMessage } from '@holdline/websocket';
 *
 * declare const peer: { send(data: Uint8Array): void };
 * for (const chunk of splitMessage(JSON.stringify({ large: 'x'.repeat(100_000) }), 1)) peer.send(chunk);
 * ```
 * @public
 */
export function* splitMessage(data: string | Uint8Array, id: number, chunkBytes = 16_384): Generator<Uint8Array> {
  const chunks = new ChunkedMessage(data, id, chunkBytes);
  while (chunks.remaining > 0) yield chunks.takeChunk();
}
