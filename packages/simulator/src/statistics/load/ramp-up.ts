import type { PacedLimit } from './pacer.js';

/**
 * How much later than planned a request may come, ms. Load generators start the agents of one second together, and
 * answers before the request take time.
 */
const JITTER_MS = 1000;
/** Requests of a token at least so long after its first one belong to its start, ms. */
const MIN_START_MS = 30_000;

/** Requests of a token within this time of its first one belong to its start, ms. */
export function startMs({ windowMs }: PacedLimit): number {
  return Math.max(MIN_START_MS, windowMs);
}

/**
 * Returns the time over which agents have to start, evenly or in groups of one second, so that a limit refuses none of
 * their first requests, in whole seconds; undefined if no time is long enough.
 *
 * In any time `t`, agents that start over `T` and come up to `J` too late send the requests of
 * `agents * (t + J) / T + 1` agents at most. A window has to accept those of `t = windowMs`, and a full bucket those of
 * any `t`.
 */
export function computeRampUpMs(limit: PacedLimit, agents: number, requestsPerAgent: number): number | undefined {
  const { windowMs, enforcement, burst } = limit;
  if (enforcement !== 'bucket') {
    const perWindow = Math.floor(limit.limit / requestsPerAgent);
    if (perWindow === 0) return undefined;
    return agents <= perWindow ? 0 : toWholeSeconds((agents * (windowMs + JITTER_MS)) / perWindow);
  }
  const refillMs = (requestsPerAgent * windowMs) / limit.limit;
  if (burst < requestsPerAgent) return undefined;
  // A bucket for one agent: each start has to find the bucket full again.
  if (burst < 2 * requestsPerAgent) return toWholeSeconds(agents * (refillMs + JITTER_MS));
  const held = burst / requestsPerAgent;
  return toWholeSeconds(Math.max((agents * JITTER_MS) / (held - 1), (agents + 1 - held) * refillMs + JITTER_MS));
}

function toWholeSeconds(ms: number): number {
  return Math.ceil(ms / 1000) * 1000;
}
