import { check } from '@holdline/core';
import { ChunkError, type ChunkHeader, isChunk, readChunk } from './chunk-format.js';
import { crc32 } from './crc32.js';

/** Largest number of messages in transit at the same time: a sender has at most one per priority. */
const MAX_MESSAGES = 4;

interface PartialMessage {
  readonly header: ChunkHeader;
  /** Bytes of each chunk except the last. */
  readonly size: number;
  readonly bodies: Uint8Array[];
}

/**
 * A message that was not completed.
 * @public
 */
export interface IncompleteMessage {
  readonly received: number;
  readonly total: number;
}

/**
 * Puts messages together from their chunks. A returned message is complete and matches the checksum of its header. A chunk that
 * belongs to no valid message causes a {@link ChunkError}. Holds at most `maxMessageBytes` at any time.
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
 * @public
 */
export class Reassembler {
  readonly #partialMessages = new Map<number, PartialMessage>();
  readonly maxMessageBytes: number;
  /** Bytes held. */
  held = 0;

  /**
   * @param maxMessageBytes - Size of the largest message, and upper bound of the bytes held. @defaultValue 16,777,216 (ours: 16
   *   MiB)
   */
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
   * @returns the message that this chunk completes, as text or bytes; `undefined` while chunks are missing.
   * @throws ChunkError if the chunk belongs to no valid message. The reassembler drops the chunks of that message.
   */
  push(chunk: Uint8Array): string | Uint8Array | undefined {
    const { header, body } = readChunk(chunk);
    const partial = this.#findOrCreatePartial(header, body);
    const { bodies, size } = partial;
    const isLast = header.index === header.count - 1;
    const expected = isLast ? header.total - size * (header.count - 1) : size;
    if (body.length !== expected) this.#rejectChunk(header, `has ${body.length} bytes instead of ${expected}`);
    if (this.held + body.length > this.maxMessageBytes)
      this.#rejectChunk(header, `and the chunks held together exceed maxMessageBytes (${this.maxMessageBytes})`);
    // Copies the bytes: the frame may be a view of a larger buffer, which would stay in memory. `slice` of a Buffer does not
    // copy.
    bodies.push(new Uint8Array(body));
    this.held += body.length;
    if (!isLast) return undefined;
    this.#dropMessage(header.id);
    const whole = concatenate(bodies, header.total);
    if (crc32(whole) !== header.crc) throw new ChunkError('a message does not match the checksum in its header');
    return header.binary ? whole : this.#decodeText(whole);
  }

  /** Drops and returns the incomplete messages. */
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
        this.#rejectChunk(header, 'belongs to another message with the same number');
      if (index !== bodies.length) this.#rejectChunk(header, `arrived instead of chunk ${bodies.length}`);
      return known;
    }
    if (index !== 0) this.#rejectChunk(header, 'arrived before chunk 0');
    if (total > this.maxMessageBytes)
      this.#rejectChunk(
        header,
        `belongs to a message of ${total} bytes, more than maxMessageBytes (${this.maxMessageBytes})`,
      );
    if (this.#partialMessages.size >= MAX_MESSAGES)
      this.#rejectChunk(header, `starts a message while ${MAX_MESSAGES} others are incomplete`);
    // All chunks except the last have one size. The last has the remaining bytes: from 1 to that size.
    const lastBytes = total - body.length * (count - 1);
    if (count > 1 && (lastBytes < 1 || lastBytes > body.length))
      this.#rejectChunk(header, 'has a size that does not fit its message');
    const partial: PartialMessage = { header, size: body.length, bodies: [] };
    this.#partialMessages.set(id, partial);
    return partial;
  }

  #rejectChunk({ id, index, count }: ChunkHeader, reason: string): never {
    this.#dropMessage(id);
    throw new ChunkError(`chunk ${index} of ${count} ${reason}`);
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
      throw new ChunkError('a text message is not valid UTF-8');
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
