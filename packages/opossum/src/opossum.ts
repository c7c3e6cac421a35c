import type { BreakerEngine } from '@holdline/core';
import { checkBreaker, checkSource, type BreakerFactory, type BreakerLike } from './breaker.js';
import { OpossumCircuit } from './circuit.js';
import { WatchedBreaker } from './watched-breaker.js';

/**
 * Creates a breaker engine from breakers of opossum, which decide by their own settings. The team keeps the breakers, their
 * events and their statistics.
 *
 * Pass a function to create one breaker per host and route; it receives the scope (`origin METHOD /route`). Pass a breaker to use
 * it for the whole line. The action of a breaker must be {@link attempt}. Its `timeout` must be false: opossum's timeout counts
 * the time in the governor's queue and ends no attempt.
 *
 * @throws ConfigError if the argument is not a breaker, has another action, or sets `timeout`, `cache`, `coalesce` or `capacity`.
 *   A breaker from a function is checked on the first call of its scope. That call fails with the error.
 * @example
 * ```ts
 * import CircuitBreaker from 'opossum';
 * import { createHoldline } from '@holdline/core';
 * import { attempt, opossum } from '@holdline/opossum';
 *
 * const engine = opossum((scope) => {
 *   const breaker = new CircuitBreaker(attempt, { name: scope, timeout: false, volumeThreshold: 20, resetTimeout: 10_000 });
 *   return breaker.on('open', () => console.warn(`${scope} is open`));
 * });
 * const line = createHoldline({ breaker: { engine } });
 * ```
 * @public
 */
export function opossum(factoryOrBreaker: BreakerFactory | BreakerLike): BreakerEngine {
  const source = checkSource(factoryOrBreaker);
  if (typeof source === 'function') {
    return {
      name: 'opossum',
      circuit: (scope, onChange) => new OpossumCircuit(new WatchedBreaker(checkBreaker(source(scope))), onChange, true),
    };
  }
  const shared = new WatchedBreaker(source);
  return { name: 'opossum', circuit: (_scope, onChange) => new OpossumCircuit(shared, onChange, false) };
}
