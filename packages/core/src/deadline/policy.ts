import { Cancellation, type Call } from '../call.js';
import { DeadlineError } from '../errors.js';
import type { Interceptor } from '../pipeline.js';
import type { Clock, Undo } from '../ports.js';
import type { DeadlineOptions } from './options.js';

/**
 * The `deadline` phase: ends a call for its caller in the tick in which its budget runs out or one of its signals aborts. What
 * is further in hears of it through `call.cancellation` and stops; nothing goes on the wire afterwards.
 */
export function deadlinePolicy(options: Required<DeadlineOptions>, clock: Clock): Interceptor {
  return (call, next) => {
    const totalTimeoutMs = call.context?.totalTimeoutMs ?? options.totalTimeoutMs;
    const own = call.request.signal;
    const given = call.context?.signal;
    if (totalTimeoutMs === Infinity && !own && !given) return next(call);
    for (const signal of [own, given]) if (signal?.aborted) return Promise.reject(signal.reason as Error);

    const cancellation = (call.cancellation = new Cancellation());
    const undo: Undo[] = [];
    for (const signal of [own, given]) {
      if (!signal) continue;
      const listener = (): void => cancellation.cancel(signal.reason);
      signal.addEventListener('abort', listener);
      undo.push(() => signal.removeEventListener('abort', listener));
    }
    if (totalTimeoutMs < Infinity) {
      call.deadlineAt = call.startedAt + totalTimeoutMs;
      const left = call.deadlineAt - clock.now();
      undo.push(clock.setTimer(left, () => cancellation.cancel(deadlineError(call, totalTimeoutMs))));
    }
    const tidy = (): void => undo.forEach((fn) => fn());
    return new Promise((resolve, reject) => {
      undo.push(
        cancellation.onCancel((reason) => {
          tidy();
          reject(reason as Error);
        }),
      );
      next(call).then(
        (outcome) => {
          tidy();
          resolve(outcome);
        },
        (error: unknown) => {
          tidy();
          reject(error as Error);
        },
      );
    });
  };
}

function deadlineError(call: Call, totalTimeoutMs: number): DeadlineError {
  const { route, attempts, waitedMs, retryAt } = call.info;
  return new DeadlineError(`no answer within ${totalTimeoutMs} ms`, { route, attempts, waitedMs, retryAt });
}
