import { ConfigError } from '@holdline/core';
import type { BottleneckOptions } from './options.js';

/**
 * A limiter, as far as this package uses it. Every copy of bottleneck fits.
 * @public
 */
export interface LimiterLike {
  schedule<R>(options: { priority?: number; weight?: number }, job: () => PromiseLike<R>): Promise<R>;
}

/**
 * A group of limiters, as far as this package uses it.
 * @public
 */
export interface GroupLike {
  key(name: string): LimiterLike;
}

export function isGroup(value: LimiterLike | GroupLike): value is GroupLike {
  return typeof (value as Partial<GroupLike> | null | undefined)?.key === 'function';
}

/** Checks a group, as far as its options are visible. */
export function checkGroup(group: GroupLike, key: BottleneckOptions['key']): GroupLike {
  if (!key)
    throw new ConfigError(
      'a group of limiters needs options.key: a function that returns the key of the limiter for a call',
    );
  const { limiterOptions } = group as { limiterOptions?: { rejectOnDrop?: unknown } };
  checkRejectOnDrop(limiterOptions?.rejectOnDrop);
  return group;
}

/** Checks a limiter. */
export function checkLimiter(limiter: LimiterLike): LimiterLike {
  const { schedule, rejectOnDrop } = (limiter ?? {}) as Partial<LimiterLike> & { rejectOnDrop?: unknown };
  if (typeof schedule !== 'function')
    throw new ConfigError('the first argument of bottleneck must be a limiter or a group of bottleneck');
  checkRejectOnDrop(rejectOnDrop);
  return limiter;
}

function checkRejectOnDrop(rejectOnDrop: unknown): void {
  if (rejectOnDrop === false)
    throw new ConfigError('rejectOnDrop of bottleneck must be true, got false: a dropped call would wait forever');
}
