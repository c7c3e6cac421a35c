import { OpenStream, type Call } from '@holdline/core';
import type { NativeResponse } from './types.js';

/** The ways to read a body whole: those of the platform, and of node-fetch. */
const READ_METHODS = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text', 'buffer', 'textConverted'] as const;

type Read = (this: unknown, ...args: unknown[]) => Promise<unknown>;
type Cancellation = NonNullable<Call['cancellation']>;

/**
 * The body of an answer that a caller has got. It is native: the signal that the native function was given ends it. This only finds
 * out when it was read whole, so that nothing is kept for it any longer.
 */
export class OpenBody extends OpenStream {
  static readonly #all = new WeakMap<object, OpenBody>();

  static find(response: object): OpenBody | undefined {
    return OpenBody.#all.get(response);
  }

  /** @param ownSignal The caller's signal, of which the native function tells in its own words. */
  constructor(response: NativeResponse, cancellation: Cancellation, ownSignal: AbortSignal | undefined) {
    const { body } = response;
    // The stream, where there is one: it may be all that the caller keeps.
    super(typeof body === 'object' && body !== null ? body : response);
    OpenBody.#all.set(response, this);
    try {
      for (const name of READ_METHODS) this.#watchRead(response, name, cancellation, ownSignal);
    } catch {
      // It is frozen. Its body is bounded until it is collected.
    }
  }

  #watchRead(
    response: NativeResponse,
    name: string,
    cancellation: Cancellation,
    ownSignal: AbortSignal | undefined,
  ): void {
    const read = (response as unknown as Record<string, Read | undefined>)[name];
    if (typeof read !== 'function') return;
    const done = (): void => this.done();
    const value = async function (this: unknown, ...args: unknown[]): Promise<unknown> {
      const { bodyUsed } = this as { bodyUsed?: boolean };
      try {
        return await read.apply(this, args);
      } catch (error) {
        // node-fetch has an error of its own for every abort.
        if (cancellation.cancelled && ownSignal?.aborted !== true) throw cancellation.reason;
        throw error;
      } finally {
        // Else somebody reads it already, and this one was refused.
        if (bodyUsed !== true) done();
      }
    };
    Object.defineProperty(response, name, { value, writable: true, configurable: true });
  }
}

/** Answers without a body (RFC 9110 §6.4.1); node-fetch has a stream for them too. */
const BODILESS_STATUSES = new Set([204, 205, 304]);

/** What there is to bound of an answer: nothing where it has no body. */
export function trackResponseBody(
  method: string,
  response: NativeResponse,
  cancellation: Cancellation,
  ownSignal: AbortSignal | undefined,
): OpenBody | undefined {
  if (response.body === null || BODILESS_STATUSES.has(response.status) || method.toUpperCase() === 'HEAD')
    return undefined;
  return new OpenBody(response, cancellation, ownSignal);
}
