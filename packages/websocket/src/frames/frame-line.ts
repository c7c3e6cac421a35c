import { type Call, GOVERNOR_CHECKS, type HoldlineConfig } from '@holdline/core';
import type { FrameOptions, ResolvedFrames } from './options.js';

/** Reads the number of the socket from the fragment of the permit's URL. The URL of a WebSocket itself has no fragment. */
function readSocketId({ url }: Call): string {
  return url.slice(url.indexOf('#') + 1);
}

/** Configuration of the line that gives permits to frames. */
export function createFrameLineConfig(options: ResolvedFrames): HoldlineConfig {
  const governor: Record<string, unknown> = { enforcement: 'sliding' };
  for (const name of Object.keys(GOVERNOR_CHECKS) as (keyof typeof GOVERNOR_CHECKS)[])
    if (options[name] !== undefined) governor[name] = options[name];
  const quotas = (options.quotas ?? []).map(({ scope = 'socket', ...quota }) => ({
    ...quota,
    scope: scope === 'socket' ? readSocketId : scope,
  }));
  // Each socket has its own queue and requests at most one permit per priority, so the line needs no limit.
  return {
    governor: { ...governor, quotas, maxQueued: Infinity, overflow: 'reject' },
    retry: false,
    breaker: false,
    idempotency: false,
  };
}

/** Whether frames need permits. Otherwise only the buffered bytes can delay them. */
export function needsPermits({ quotas = [], ratePerSec, rampUpMs }: FrameOptions): boolean {
  return quotas.length > 0 || ratePerSec !== undefined || rampUpMs !== undefined;
}
