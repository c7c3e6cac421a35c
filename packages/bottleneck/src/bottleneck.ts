import { PRIORITIES, QueueFullError, type Call, type GovernorEngine, type Priority, type Undo } from '@holdline/core';
import { checkGroup, checkLimiter, isGroup, type GroupLike, type LimiterLike } from './limiter.js';
import { checkOptions, type BottleneckOptions } from './options.js';

/** Beside jobs that the team schedules itself, which have bottleneck's default of 5. */
const BOTTLENECK_PRIORITY: Record<Priority, number> = { interactive: 3, normal: 5, batch: 7, background: 9 };

/**
 * A limiter of bottleneck, or a group of them, as the engine of the governor: it says when an attempt may leave. The instance
 * stays the team's: its settings, its events, its Redis, and other jobs on it.
 *
 * @throws ConfigError for something that is no limiter or group, a group without `key`, or `rejectOnDrop: false`, with which a
 *   dropped call would never hear of it.
 * @example
 * ```ts
 * import Bottleneck from 'bottleneck';
 * import { createHoldline } from '@holdline/core';
 * import { bottleneck } from '@holdline/bottleneck';
 *
 * const limiter = new Bottleneck({ minTime: 200, maxConcurrent: 10 });
 * const line = createHoldline({ governor: { engine: bottleneck(limiter) } });
 * ```
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
    // The job lasts as long as the attempt. A `failed` listener may have it run again after its `expiration`: nobody waits then.
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

/** What a limiter refuses for want of room is a full queue, also for those who never heard of bottleneck. */
function translateError(error: unknown, { info: { route, attempts, waitedMs }, weight }: Call): unknown {
  const message = error instanceof Error ? error.message : '';
  if (/dropped by Bottleneck/.test(message))
    return new QueueFullError(`${route}: bottleneck dropped the job; see highWater and strategy of the limiter`, {
      route,
      attempts,
      waitedMs,
    });
  if (/job having a weight|OVERWEIGHT/.test(message))
    return new QueueFullError(`${route}: weight ${weight} of the call is above maxConcurrent of the limiter`, {
      route,
      attempts,
      waitedMs,
    });
  return error;
}
