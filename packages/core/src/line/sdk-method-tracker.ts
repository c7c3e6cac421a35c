import { callInfo, noteInfo } from '../call/call-info.js';
import type { CallInfo } from '../contract/call.js';
import { isHoldlineError } from '../contract/errors.js';

/** One SDK method that runs, and the end of its request. */
interface MethodFrame {
  info?: CallInfo | undefined;
  refusal?: unknown;
}

/**
 * For adapters whose SDK drops the error or the response of a request: links each SDK method to the request that the method starts
 * before it returns. `callInfo` then knows the result of the method, and the method rejects with the `HoldlineError` of its request.
 *
 * @example
 * ```ts
 * import { patchMethod, SdkMethodTracker } from '@holdline/core';
 *
 * declare const client: { call(): Promise<unknown>; request(url: string): Promise<unknown> };
 * const tracker = new SdkMethodTracker();
 * patchMethod(client, 'call', (native) => () => tracker.runMethod(() => native.call(client)));
 * patchMethod(client, 'request', (native) => (url) => tracker.trackRequest(native.call(client, url)));
 * ```
 * @public
 */
export class SdkMethodTracker {
  #current: MethodFrame | undefined;

  /** Runs an SDK method. Requests that it starts before it returns belong to it. */
  runMethod(method: () => Promise<unknown>): Promise<unknown> {
    const outer = this.#current;
    const frame: MethodFrame = (this.#current = {});
    let ended: Promise<unknown>;
    try {
      ended = method();
    } finally {
      this.#current = outer;
    }
    const noteEnd = <T>(end: T): T => {
      const { info } = frame;
      // The method may end with a primitive value, which cannot carry the info. The promise therefore gets it too.
      if (info) for (const noted of [end, result]) noteInfo(noted, info);
      return end;
    };
    const result: Promise<unknown> = ended.then(noteEnd, (error: unknown) => {
      throw noteEnd(frame.refusal ?? error);
    });
    return result;
  }

  /** Records the end of a request for the SDK method that runs now. Returns the same promise. */
  trackRequest<T>(request: Promise<T>): Promise<T> {
    const frame = this.#current;
    if (frame) {
      const recordEnd = (end: unknown): void => {
        frame.info = callInfo(end);
        if (isHoldlineError(end)) frame.refusal = end;
      };
      request.then(recordEnd, recordEnd);
    }
    return request;
  }
}
