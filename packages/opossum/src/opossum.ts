import type { BreakerEngine } from '@holdline/core';
import { checkBreaker, checkSource, type BreakerFactory, type BreakerLike } from './breaker.js';
import { OpossumCircuit } from './circuit.js';
import { WatchedBreaker } from './watched-breaker.js';

/**
 * Breakers of opossum as the engine of the circuit breaker: they decide by their own numbers. They stay the team's, with their
 * events and statistics.
 *
 * A function makes one breaker per host and route, and is told its scope (`origin METHOD /route`). One breaker for all of a line
 * can be given as it is. Either way its action must be {@link attempt}, and its `timeout` false: it would count the time in the
 * governor's queue, and ends no attempt.
 *
 * @throws ConfigError for something that is no breaker, another action, or `timeout`, `cache`, `coalesce` or `capacity`. What a
 *   function returns is checked when it is first asked: the call of that scope fails with it.
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
