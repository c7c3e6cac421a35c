import { check } from '@holdline/core';
import { ChunkError, type ChunkHeader, isChunk, readChunk } from './chunk-format.js';
import { crc32 } from './crc32.js';

/** Messages that may be under way at the same time: a sender has one of each priority. */
const MAX_MESSAGES = 4;

interface PartialMessage {
  readonly header: ChunkHeader;
  /** Bytes of each chunk but the last. */
  readonly size: number;
  readonly bodies: Uint8Array[];
}

/** A message that was not completed. */
export interface IncompleteMessage {
  readonly received: number;
  readonly total: number;
}

/**
 * Puts messages together from their chunks. What it gives out is whole and has the checksum of its header; what cannot become so
 * is a {@link ChunkError}. Holds no more than `maxMessageBytes` at any time.
 *
 * @example
 * ```ts
 * import { Reassembler } from '@holdline/websocket';
 *
 * declare const peer: { on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): void };
 * const reassembler = new Reassembler();
 * peer.on('message', (data, isBinary) => {
 *   if (!isBinary || !Reassembler.isChunk(data)) return console.log('a plain message', data.length);
 *   const message = reassembler.push(data);
 *   if (message !== undefined) console.log('a whole one', message.length);
 * });
 * ```
 */
export class Reassembler {
  readonly #partialMessages = new Map<number, PartialMessage>();
  readonly maxMessageBytes: number;
  /** Bytes held. */
  held = 0;

  /** @param maxMessageBytes Largest message, and most bytes held. @defaultValue 16,777,216 (ours: 16 MiB) */
  constructor(maxMessageBytes = 16_777_216) {
    this.maxMessageBytes = check.number({ min: 0, integer: true })(maxMessageBytes, 'maxMessageBytes');
  }

  /** Whether a binary frame is a chunk. */
  static isChunk(frame: Uint8Array): boolean {
    return isChunk(frame);
  }

  /**
   * Takes a chunk.
   *
   * @returns the message that it completes, text or bytes.
   * @throws ChunkError where it belongs to no message that could be whole; what was held of that one is let go.
   */
  push(chunk: Uint8Array): string | Uint8Array | undefined {
    const { header, body } = readChunk(chunk);
    const partial = this.#findOrCreatePartial(header, body);
    const { bodies, size } = partial;
    const isLast = header.index === header.count - 1;
    const expected = isLast ? header.total - size * (header.count - 1) : size;
    if (body.length !== expected) this.#rejectChunk(header, `has ${body.length} bytes where ${expected} belong`);
    if (this.held + body.length > this.maxMessageBytes)
      this.#rejectChunk(header, `goes beyond the ${this.maxMessageBytes} bytes that may be held`);
    // A copy: the frame may be a view of a larger buffer, which would be held too. `slice` of a Buffer makes none.
    bodies.push(new Uint8Array(body));
    this.held += body.length;
    if (!isLast) return undefined;
    this.#dropMessage(header.id);
    const whole = concatenate(bodies, header.total);
    if (crc32(whole) !== header.crc) throw new ChunkError('a message has another checksum than its header says');
    return header.binary ? whole : this.#decodeText(whole);
  }

  /** What is under way and will not be completed. Lets go of it. */
  close(): IncompleteMessage[] {
    const left = [...this.#partialMessages.values()].map(({ header, bodies }) => ({
      received: bodies.reduce((sum, { length }) => sum + length, 0),
      total: header.total,
    }));
    this.#partialMessages.clear();
    this.held = 0;
    return left;
  }

  #findOrCreatePartial(header: ChunkHeader, body: Uint8Array): PartialMessage {
    const { id, index, count, total, crc, binary } = header;
    const known = this.#partialMessages.get(id);
    if (known) {
      const { header: first, bodies } = known;
      if (first.count !== count || first.total !== total || first.crc !== crc || first.binary !== binary)
        this.#rejectChunk(header, 'is of another message with the same number');
      if (index !== bodies.length) this.#rejectChunk(header, `comes where chunk ${bodies.length} belongs`);
      return known;
    }
    if (index !== 0) this.#rejectChunk(header, 'comes before the first one');
    if (total > this.maxMessageBytes)
      this.#rejectChunk(header, `is of a message of ${total} bytes, which is more than ${this.maxMessageBytes}`);
    if (this.#partialMessages.size >= MAX_MESSAGES)
      this.#rejectChunk(header, `is of one message more than ${MAX_MESSAGES} at a time`);
    // All but the last are of one size, so the last is what remains: from 1 byte to as many.
    const lastBytes = total - body.length * (count - 1);
    if (count > 1 && (lastBytes < 1 || lastBytes > body.length))
      this.#rejectChunk(header, 'is not of the size its message needs');
    const partial: PartialMessage = { header, size: body.length, bodies: [] };
    this.#partialMessages.set(id, partial);
    return partial;
  }

  #rejectChunk({ id, index, count }: ChunkHeader, why: string): never {
    this.#dropMessage(id);
    throw new ChunkError(`chunk ${index} of ${count} ${why}`);
  }

  #dropMessage(id: number): void {
    const partial = this.#partialMessages.get(id);
    this.#partialMessages.delete(id);
    for (const { length } of partial?.bodies ?? []) this.held -= length;
  }

  #decodeText(bytes: Uint8Array): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new ChunkError('a message of text is not UTF-8');
    }
  }
}

function concatenate(parts: readonly Uint8Array[], total: number): Uint8Array {
  const whole = new Uint8Array(total);
  let offset = 0;
  for (const body of parts) {
    whole.set(body, offset);
    offset += body.length;
  }
  return whole;
}
