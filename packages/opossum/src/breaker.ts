import { ConfigError } from '@holdline/core';
import { isAttempt } from './attempt.js';

/**
 * A breaker, as far as this package uses it. Every copy of opossum fits.
 * @public
 */
export interface BreakerLike {
  readonly opened: boolean;
  readonly halfOpen: boolean;
  readonly isShutdown: boolean;
  readonly stats: { readonly fires: number; readonly successes: number; readonly failures: number };
  fire(run: () => Promise<void>): Promise<unknown>;
  on(event: 'open' | 'close' | 'shutdown', listener: () => void): unknown;
  on(event: 'halfOpen', listener: (resetTimeout: number) => void): unknown;
  shutdown(): void;
}

/**
 * Creates the breaker of a scope, `origin METHOD /route`.
 * @public
 */
export type BreakerFactory = (scope: string) => BreakerLike;

/** Options that opossum stores on a breaker, as far as this package reads them. */
interface StoredOptions {
  timeout?: unknown;
  cache?: unknown;
  coalesce?: unknown;
  capacity?: unknown;
  resetTimeout?: unknown;
}

const readOptions = (breaker: BreakerLike): StoredOptions => (breaker as { options?: StoredOptions }).options ?? {};

/** Reads how long a breaker stays open, ms. */
export function readResetTimeout(breaker: BreakerLike): number | undefined {
  const { resetTimeout } = readOptions(breaker);
  return typeof resetTimeout === 'number' ? resetTimeout : undefined;
}

/** Checks the argument of `opossum`. */
export function checkSource(source: BreakerFactory | BreakerLike): BreakerFactory | BreakerLike {
  return typeof source === 'function' ? source : checkBreaker(source);
}

/** Checks a breaker. */
export function checkBreaker(breaker: BreakerLike): BreakerLike {
  const { fire, on, action } = (breaker ?? {}) as Partial<BreakerLike> & { action?: unknown };
  if (typeof fire !== 'function' || typeof on !== 'function')
    throw new ConfigError('opossum needs a CircuitBreaker, or a function that creates one');
  if (!isAttempt(action))
    throw new ConfigError("the action of a breaker must be attempt of '@holdline/opossum', got another function");
  const { timeout, cache, coalesce, capacity } = readOptions(breaker);
  if (timeout)
    throw new ConfigError(
      `timeout of the breaker must be false, got ${String(timeout)}: it would count time in queues`,
    );
  for (const [name, value] of Object.entries({ cache, coalesce }))
    if (value)
      throw new ConfigError(
        `${name} of the breaker must be false, got ${String(value)}: it would answer without an attempt`,
      );
  if (typeof capacity === 'number' && capacity !== Number.MAX_SAFE_INTEGER)
    throw new ConfigError(`capacity of the breaker must be left out, got ${capacity}: use bulkhead of the line`);
  return breaker;
}
