import { GOVERNOR_CHECKS, type HoldlineConfig, type Random } from '@holdline/core';
import type { ResolvedHandshakes } from './options.js';
import { computeRetryDelay } from './retry-delay.js';

const DEFAULT_SPACING_MS = 20;

/**
 * Configuration of a line whose calls are handshakes.
 * @public
 */
export function handshakeLine(options: ResolvedHandshakes, random: Random): HoldlineConfig {
  const governor: Record<string, unknown> = { enforcement: 'sliding' };
  for (const name of Object.keys(GOVERNOR_CHECKS) as (keyof typeof GOVERNOR_CHECKS)[])
    if (options[name] !== undefined) governor[name] = options[name];
  const { quotas = [], ratePerSec, poolSize, maxAttempts, maxRetryAfterMs } = options;
  const { spacingMs = quotas.length > 0 || ratePerSec !== undefined ? 0 : DEFAULT_SPACING_MS } = options;
  if (spacingMs > 0) governor['ratePerSec'] = 1000 / spacingMs;
  return {
    governor,
    bulkhead: { maxConcurrent: poolSize, scope: 'host' },
    retry: {
      maxAttempts,
      maxRetryAfterMs,
      backoff: (retry) => computeRetryDelay(retry, options, random.next()),
      // The pool, the gates and the back-off limit retries already.
      budget: false,
    },
    breaker: false,
    idempotency: false,
  };
}
