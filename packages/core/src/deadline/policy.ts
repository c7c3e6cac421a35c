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
      undo.push(onAbort(signal, () => cancellation.cancel(signal.reason)));
    }
    if (totalTimeoutMs < Infinity) {
      call.deadlineAt = call.startedAt + totalTimeoutMs;
      const left = call.deadlineAt - clock.now();
      undo.push(clock.setTimer(left, () => cancel(call, cancellation, totalTimeoutMs)));
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

interface Watched {
  readonly listeners: Set<() => void>;
  readonly stop: Undo;
}
const watched = new WeakMap<AbortSignal, Watched>();

/** One listener per signal, however many calls share it: Node warns of a leak from the eleventh on. */
function onAbort(signal: AbortSignal, listener: () => void): Undo {
  let watch = watched.get(signal);
  if (!watch) {
    const listeners = new Set<() => void>();
    const tell = (): void => [...listeners].forEach((fn) => fn());
    signal.addEventListener('abort', tell);
    watch = { listeners, stop: () => signal.removeEventListener('abort', tell) };
    watched.set(signal, watch);
  }
  const { listeners, stop } = watch;
  // Wrapped, for one call may watch a signal twice.
  const entry = (): void => listener();
  listeners.add(entry);
  return () => {
    if (!listeners.delete(entry) || listeners.size > 0) return;
    stop();
    watched.delete(signal);
  };
}

function cancel(call: Call, cancellation: Cancellation, totalTimeoutMs: number): void {
  const { route, attempts, retryAt } = call.info;
  const error = new DeadlineError(`no answer within ${totalTimeoutMs} ms`, { route, attempts, retryAt });
  cancellation.cancel(error);
  // The wait it was in ended just now.
  Object.assign(error, { waitedMs: call.info.waitedMs });
}
