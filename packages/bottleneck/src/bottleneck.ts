import { PRIORITIES, QueueFullError, type Call, type GovernorEngine, type Priority, type Undo } from '@holdline/core';
import { checkGroup, checkLimiter, isGroup, type GroupLike, type LimiterLike } from './limiter.js';
import { checkOptions, type BottleneckOptions } from './options.js';

/** Priorities in bottleneck. Jobs that the team schedules itself have bottleneck's default, 5. */
const BOTTLENECK_PRIORITY: Record<Priority, number> = { high: 3, normal: 5, low: 7, background: 9 };

/**
 * Creates a governor engine from a limiter or a group of bottleneck, which decides when an attempt may leave. The team keeps the
 * instance: its settings, its events, its Redis, and its other jobs.
 *
 * @throws ConfigError if the first argument is no limiter or group, if a group has no `key`, or for `rejectOnDrop: false`, with
 *   which a dropped call would wait forever.
 * @example
 * ```ts
 * import Bottleneck from 'bottleneck';
 * import { createHoldline } from '@holdline/core';
 * import { bottleneck } from '@holdline/bottleneck';
 *
 * const limiter = new Bottleneck({ minTime: 200, maxConcurrent: 10 });
 * const line = createHoldline({ governor: { engine: bottleneck(limiter) } });
 * ```
 * @public
 */
export function bottleneck(limiterOrGroup: LimiterLike | GroupLike, options: BottleneckOptions = {}): GovernorEngine {
  const { key } = checkOptions(options, 'options');
  const selectLimiter = isGroup(limiterOrGroup)
    ? selectFromGroup(checkGroup(limiterOrGroup, key), key)
    : selectSingle(limiterOrGroup);
  return { name: 'bottleneck', acquire: (call) => acquireSlot(selectLimiter(call), call) };
}

function selectSingle(given: LimiterLike): () => LimiterLike {
  const limiter = checkLimiter(given);
  return () => limiter;
}

function selectFromGroup(group: GroupLike, key: BottleneckOptions['key']): (call: Call) => LimiterLike {
  return (call) => group.key(String(key?.(call)));
}

function acquireSlot(limiter: LimiterLike, call: Call): Promise<Undo> {
  const priority = BOTTLENECK_PRIORITY[PRIORITIES[call.priority] as Priority];
  return new Promise((resolve, reject) => {
    let hasRun = false;
    // The job lasts as long as the attempt. After `expiration`, a `failed` listener may run it again; no attempt waits then.
    const job = (): Promise<void> => {
      if (hasRun) return Promise.resolve();
      hasRun = true;
      return new Promise<void>((done) => resolve(done));
    };
    limiter
      .schedule({ priority, weight: call.weight }, job)
      .catch((error: unknown) => reject(translateError(error, call)));
  });
}

/** Translates an error of bottleneck. Refusals for lack of capacity become a QueueFullError. */
function translateError(error: unknown, call: Call): unknown {
  const message = error instanceof Error ? error.message : '';
  let reason: string;
  if (/dropped by Bottleneck/.test(message)) reason = 'bottleneck dropped the job (highWater, strategy)';
  else if (/job having a weight|OVERWEIGHT/.test(message))
    reason = `its weight ${call.weight} is above maxConcurrent of bottleneck`;
  else return error;
  return new QueueFullError(`${call.route.name} was not sent: ${reason}`, call.errorDetails());
}
