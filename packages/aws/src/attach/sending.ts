import { callInfo, isAbortSignal, noteInfo, patchMethod, readSafely, type Undo } from '@holdline/core';
import type { AwsClient, SendOptions } from '../types.js';

type Callback = (error: unknown, result?: unknown) => void;
type Send = (command: unknown, options?: unknown, callback?: Callback) => unknown;

/** One `send` of the user. */
export class Sending {
  /** The options that the SDK reads at each attempt. A copy, because attempts change the signal. */
  readonly options: SendOptions;
  /** The signal of the user. */
  readonly signal: AbortSignal | undefined;
  /** The native result or error that the line returned. */
  value: unknown = undefined;
  /** Milliseconds that the call waited before its first attempt. */
  waitedBeforeMs = 0;

  constructor(given: SendOptions | undefined) {
    this.options = { ...given };
    this.signal = isAbortSignal(given?.abortSignal) ? given.abortSignal : undefined;
  }

  /**
   * Writes the facts of the line where the SDK keeps them. Its retry middleware saw only one attempt. A middleware of the user may have
   * made another result of the native one.
   */
  complete<T>(result: T): T {
    if (typeof result !== 'object' || result === null) return result;
    const info = callInfo(this.value) ?? callInfo(result);
    if (!info) return result;
    if (!callInfo(result)) noteInfo(result, info);
    const metadata = readSafely(result, '$metadata') as Record<string, unknown> | undefined;
    if (typeof metadata === 'object' && 'attempts' in metadata) {
      metadata['attempts'] = info.attempts;
      metadata['totalRetryDelay'] = Math.max(0, Math.round(info.waitedMs - this.waitedBeforeMs));
    }
    return result;
  }
}

/** The sends of one client. */
export class Sends {
  #current: Sending | undefined;

  /** The send that resolves its handler now. The SDK does that before `send` returns. Each send is taken once. */
  take(): Sending | undefined {
    const sending = this.#current;
    this.#current = undefined;
    return sending;
  }

  /** Watches the `send` of a client. */
  watch(client: AwsClient): Undo {
    return patchMethod(client as unknown as { send: Send }, 'send', (native) => {
      const start = (sending: Sending, run: () => unknown): unknown => {
        const outer = this.#current;
        this.#current = sending;
        try {
          return run();
        } finally {
          this.#current = outer;
        }
      };
      return (command, optionsOrCallback, callback) => {
        const isCallback = typeof optionsOrCallback === 'function';
        const done = (isCallback ? optionsOrCallback : callback) as Callback | undefined;
        const sending = new Sending(isCallback ? undefined : (optionsOrCallback as SendOptions | undefined));
        if (done) {
          return start(sending, () =>
            native.call(client, command, sending.options, (error, result) =>
              done(sending.complete(error), sending.complete(result)),
            ),
          );
        }
        const result = start(sending, () => native.call(client, command, sending.options));
        if (!(result instanceof Promise)) return result;
        return result.then(
          (value: unknown) => sending.complete(value),
          (error: unknown) => {
            throw sending.complete(error);
          },
        );
      };
    });
  }
}
