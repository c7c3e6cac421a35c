import { type Call, GOVERNOR_CHECKS, type HoldlineConfig } from '@holdline/core';
import type { FrameOptions, ResolvedFrames } from './options.js';

/** The socket a permit is for stands behind its URL, as a fragment: a WebSocket's own URL has none. */
function readSocketId({ url }: Call): string {
  return url.slice(url.indexOf('#') + 1);
}

/** The configuration of a line on which frames take permits. */
export function createFrameLineConfig(options: ResolvedFrames): HoldlineConfig {
  const governor: Record<string, unknown> = { enforcement: 'sliding' };
  for (const name of Object.keys(GOVERNOR_CHECKS) as (keyof typeof GOVERNOR_CHECKS)[])
    if (options[name] !== undefined) governor[name] = options[name];
  const quotas = (options.quotas ?? []).map(({ scope = 'socket', ...quota }) => ({
    ...quota,
    scope: scope === 'socket' ? readSocketId : scope,
  }));
  // Each socket has its own queue, and asks for at most one permit of each priority.
  return {
    governor: { ...governor, quotas, maxQueued: Infinity, overflow: 'reject' },
    retry: false,
    breaker: false,
    idempotency: false,
  };
}

/** Whether anything but the bytes that are buffered holds frames back. */
export function needsPermits({ quotas = [], ratePerSec, rampUpMs }: FrameOptions): boolean {
  return quotas.length > 0 || ratePerSec !== undefined || rampUpMs !== undefined;
}
