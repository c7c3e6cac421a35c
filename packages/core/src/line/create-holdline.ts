import { parseConfig } from '../config/parse.js';
import type { HoldlineConfig } from '../config/types.js';
import type { Undo } from '../contract/clock.js';
import { shared } from '../runtime/process-state.js';
import type { Holdline } from './holdline.js';
import { Line } from './line.js';

/**
 * Makes a line.
 *
 * @throws ConfigError that names the key, the value and the allowed values.
 * @example
 * ```ts
 * import { createHoldline } from '@holdline/core';
 *
 * const line = createHoldline({
 *   governor: { quotas: [{ limit: 300, windowMs: 60_000 }] },
 *   retry: 'interactive',
 *   endpoints: { 'POST /api/v2/analytics/**': { retry: 'batch', readOnly: true } },
 * });
 * line.on('gateClosed', ({ scope, retryAt }) => console.log(scope, new Date(retryAt)));
 * ```
 * @public
 */
export function createHoldline(config: HoldlineConfig = {}): Holdline {
  const line = new Line(parseConfig(config));
  for (const listener of shared.lineListeners) listener(line);
  return line;
}

/**
 * For tools that watch a process: calls `listener` with each line that the process makes from now on, of this or another copy of the
 * package. The listener must not throw.
 *
 * @returns a function that ends this.
 * @example
 * ```ts
 * import { onNewLine } from '@holdline/core';
 *
 * const stop = onNewLine((line) => line.on('gateClosed', ({ scope, forMs }) => console.log(scope, forMs)));
 * stop();
 * ```
 * @public
 */
export function onNewLine(listener: (line: Holdline) => void): Undo {
  const entry = (line: object): void => listener(line as Holdline);
  shared.lineListeners.add(entry);
  return () => void shared.lineListeners.delete(entry);
}
