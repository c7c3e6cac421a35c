import { Buffer } from 'node:buffer';
import { isReplayable } from '@holdline/core';

/** Largest body of a generator that is read before it is sent, bytes. */
const MAX_READ_BYTES = 1_048_576;

/** Whether a body can be sent a second time. A generator can be read once. */
export function canBeSentAgain(body: unknown): boolean {
  if (!isReplayable(body)) return false;
  if (typeof body !== 'object' || body === null || !(Symbol.iterator in body)) return true;
  return ArrayBuffer.isView(body) || isForm(body) || !isGenerator(body as Iterable<unknown>);
}

/** A generator is its own iterator. */
function isGenerator(body: Iterable<unknown>): boolean {
  const iterator: unknown = body[Symbol.iterator]();
  return iterator === body;
}

/** Creating an iterator of a form is harmless, but its type says enough. */
function isForm(body: object): boolean {
  return Symbol.toStringTag in body && body[Symbol.toStringTag as never] === 'FormData';
}

/** Whether a body is an async iterable, and neither a Node stream nor a web stream. */
export function isAsyncIterable(body: unknown): body is AsyncIterable<unknown> {
  if (typeof body !== 'object' || body === null || !(Symbol.asyncIterator in body)) return false;
  const { pipe, getReader } = body as { pipe?: unknown; getReader?: unknown };
  return typeof pipe !== 'function' && typeof getReader !== 'function';
}

/**
 * Whether a body is read before its call, so that it can be sent again. The fetch functions of undici and Node make a generator of every
 * body. Its `content-length` tells that the body is no stream of the user.
 */
export function isShort(body: unknown, contentLength: string | undefined): body is AsyncIterable<unknown> {
  return isAsyncIterable(body) && contentLength !== undefined && Number(contentLength) <= MAX_READ_BYTES;
}

/** Reads a short body. A body that is longer than announced becomes an iterable that can be read once. */
export async function readBody(body: AsyncIterable<unknown>): Promise<Uint8Array | AsyncIterable<unknown>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const iterator = body[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await iterator.next();
    if (done) break;
    const chunk = typeof value === 'string' ? new TextEncoder().encode(value) : (value as Uint8Array);
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_READ_BYTES) return continueBody(chunks, iterator);
  }
  return Buffer.concat(chunks, size);
}

async function* continueBody(chunks: readonly Uint8Array[], rest: AsyncIterator<unknown>): AsyncGenerator<unknown> {
  try {
    yield* chunks;
    yield* { [Symbol.asyncIterator]: () => rest };
  } finally {
    await rest.return?.();
  }
}

/** Reads an iterable or a web stream for the native dispatcher, and notes whether it failed by itself. */
export class TrackedBody {
  isBroken = false;

  constructor(private readonly body: AsyncIterable<unknown>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    try {
      yield* this.body;
    } catch (error) {
      this.isBroken = true;
      throw error;
    }
  }
}
