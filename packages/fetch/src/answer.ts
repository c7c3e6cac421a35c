import type { Call, OpenAnswer } from '@holdline/core';
import type { NativeResponse } from './native.js';

/** The ways to read a body whole: those of the platform, and of node-fetch. */
const READS = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text', 'buffer', 'textConverted'] as const;

type Read = (this: unknown, ...args: unknown[]) => Promise<unknown>;
type Cancellation = NonNullable<Call['cancellation']>;

const collected =
  typeof FinalizationRegistry === 'function'
    ? new FinalizationRegistry<OpenBody>((body) => body.done())
    : /* v8 ignore next */ undefined;

/**
 * The body of an answer that a caller has got. It is native: the signal that the native function was given ends it. This only finds
 * out when it has ended, so that nothing is kept for it any longer: when it was read whole, was let go of, or was collected.
 */
export class OpenBody implements OpenAnswer {
  #isDone = false;
  #listener: (() => void) | undefined = undefined;

  /** @param own The caller's signal, of which the native function tells in its own words. */
  constructor(response: NativeResponse, cancellation: Cancellation, own: AbortSignal | undefined) {
    const { body } = response;
    const stream = (typeof body === 'object' && body !== null ? body : response) as NodeBody;
    // The stream, not the response: it may be all that the caller keeps. Neither may be held from here.
    collected?.register(stream, this, this);
    if (typeof stream.once === 'function') stream.once('close', () => this.done());
    try {
      for (const name of READS) this.#tellEndOf(response, name, cancellation, own);
    } catch {
      // It is frozen. Its body is bounded until it is collected.
    }
  }

  onDone(fn: () => void): void {
    if (this.#isDone) fn();
    else this.#listener = fn;
  }

  done(): void {
    this.#isDone = true;
    collected?.unregister(this);
    this.#listener?.();
    this.#listener = undefined;
  }

  #tellEndOf(response: NativeResponse, name: string, cancellation: Cancellation, own: AbortSignal | undefined): void {
    const read = (response as unknown as Record<string, Read | undefined>)[name];
    if (typeof read !== 'function') return;
    const done = (): void => this.done();
    const value = async function (this: unknown, ...args: unknown[]): Promise<unknown> {
      const { bodyUsed } = this as { bodyUsed?: boolean };
      try {
        return await read.apply(this, args);
      } catch (error) {
        // node-fetch has an error of its own for every abort.
        if (cancellation.cancelled && own?.aborted !== true) throw cancellation.reason;
        throw error;
      } finally {
        // Else somebody reads it already, and this one was refused.
        if (bodyUsed !== true) done();
      }
    };
    Object.defineProperty(response, name, { value, writable: true, configurable: true });
  }
}

interface NodeBody {
  once?(event: string, listener: () => void): unknown;
}

/** Answers without a body (RFC 9110 §6.4.1); node-fetch has a stream for them too. */
const NO_BODY = new Set([204, 205, 304]);

/** What there is to bound of an answer: nothing where it has no body. */
export function openBodyOf(
  method: string,
  response: NativeResponse,
  cancellation: Cancellation,
  own: AbortSignal | undefined,
): OpenBody | undefined {
  if (response.body === null || NO_BODY.has(response.status) || method.toUpperCase() === 'HEAD') return undefined;
  return new OpenBody(response, cancellation, own);
}
