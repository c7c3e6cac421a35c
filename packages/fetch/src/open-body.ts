import { OpenStream, type Call } from '@holdline/core';
import type { NativeResponse } from './types.js';

/** Methods that read a whole body: those of the platform and of node-fetch. */
const READ_METHODS = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text', 'buffer', 'textConverted'] as const;

type Read = (this: unknown, ...args: unknown[]) => Promise<unknown>;
type Cancellation = NonNullable<Call['cancellation']>;

/**
 * The response body that a caller received. The body is native, and the attempt's signal ends it. This class detects when the body
 * was read completely, so that the line releases its state.
 */
export class OpenBody extends OpenStream {
  static readonly #all = new WeakMap<object, OpenBody>();

  static find(response: object): OpenBody | undefined {
    return OpenBody.#all.get(response);
  }

  /** @param ownSignal - The caller's signal. The native function rejects with its own error if it aborts. */
  constructor(response: NativeResponse, cancellation: Cancellation, ownSignal: AbortSignal | undefined) {
    const { body } = response;
    // The caller may keep only the stream, so the stream is tracked if the response has one.
    super(typeof body === 'object' && body !== null ? body : response);
    OpenBody.#all.set(response, this);
    try {
      for (const name of READ_METHODS) this.#watchRead(response, name, cancellation, ownSignal);
    } catch {
      // A frozen response cannot be patched. Its body stays limited until garbage collection.
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
        // node-fetch rejects every abort with the same error.
        if (cancellation.cancelled && ownSignal?.aborted !== true) throw cancellation.reason;
        throw error;
      } finally {
        // With a used body this read was refused, and another reader is active.
        if (bodyUsed !== true) done();
      }
    };
    Object.defineProperty(response, name, { value, writable: true, configurable: true });
  }
}

/** Statuses of responses without a body (RFC 9110 §6.4.1). node-fetch gives these responses a stream, too. */
const BODILESS_STATUSES = new Set([204, 205, 304]);

/** Tracks the body of a response. Undefined if the response has no body. */
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
