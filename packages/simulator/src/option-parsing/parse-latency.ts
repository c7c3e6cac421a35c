import { SimulatorOptionError } from '../option-error.js';
import type { LatencyProfile, LatencySettings } from '../options/latency-options.js';
import { parsePattern } from '../paths/path-pattern.js';
import type { PathDialect } from '../paths/request-path.js';
import { MAX_TIMER_MS, checkNumber, checkObject } from './check-values.js';

const DISTRIBUTION_FORM =
  'a time in ms, { minMs, maxMs } or { p50Ms, p95Ms } with an optional p99Ms and maxMs, for example { p50Ms: 40, p95Ms: 200 }';
/** A larger factor makes no test better, and its product must stay a time that timers accept. */
const MAX_FACTOR = 1000;

/** Checks a latency profile. */
export function parseLatency(value: unknown, paths: PathDialect): LatencyProfile {
  const given = checkObject('latency', value, ['routes', 'other', 'slowStart', 'stalls']);
  const routes = given.routes === undefined ? {} : checkRecord('latency.routes', given.routes);
  return {
    routes: Object.entries(routes).map(([text, distribution]) => ({
      pattern: parsePattern('latency.routes', text, paths),
      distribution: parseDistribution(`latency.routes['${text}']`, distribution),
    })),
    other: given.other === undefined ? undefined : parseDistribution('latency.other', given.other),
    slowStart: given.slowStart === undefined ? undefined : parseSlowStart(given.slowStart),
    stalls: given.stalls === undefined ? undefined : parseStalls(given.stalls),
  };
}

function parseDistribution(key: string, value: unknown): LatencySettings {
  if (typeof value === 'number') {
    const ms = checkNumber(key, value, 0, MAX_TIMER_MS);
    return { kind: 'uniform', minMs: ms, maxMs: ms };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SimulatorOptionError(key, value, DISTRIBUTION_FORM);
  if ('minMs' in value) {
    const given = checkObject(key, value, ['minMs', 'maxMs']);
    const minMs = checkNumber(`${key}.minMs`, given.minMs, 0, MAX_TIMER_MS);
    return { kind: 'uniform', minMs, maxMs: checkNumber(`${key}.maxMs`, given.maxMs, minMs, MAX_TIMER_MS) };
  }
  if (!('p50Ms' in value)) throw new SimulatorOptionError(key, value, DISTRIBUTION_FORM);
  const given = checkObject(key, value, ['p50Ms', 'p95Ms', 'p99Ms', 'maxMs']);
  // A log-normal distribution has no times of 0.
  const p50Ms = checkNumber(`${key}.p50Ms`, given.p50Ms, 0.001, MAX_TIMER_MS);
  const p95Ms = checkNumber(`${key}.p95Ms`, given.p95Ms, p50Ms, MAX_TIMER_MS);
  const p99Ms = given.p99Ms === undefined ? undefined : checkNumber(`${key}.p99Ms`, given.p99Ms, p95Ms, MAX_TIMER_MS);
  const highest = p99Ms ?? p95Ms;
  const maxMs =
    given.maxMs === undefined
      ? Math.min(MAX_TIMER_MS, 10 * highest)
      : checkNumber(`${key}.maxMs`, given.maxMs, highest, MAX_TIMER_MS);
  return { kind: 'log-normal', p50Ms, p95Ms, p99Ms, maxMs };
}

function parseSlowStart(value: unknown): { forMs: number; factor: number } {
  const { forMs, factor } = checkObject('latency.slowStart', value, ['forMs', 'factor']);
  return {
    forMs: checkNumber('latency.slowStart.forMs', forMs, 0, MAX_TIMER_MS),
    factor: checkNumber('latency.slowStart.factor', factor, 1, MAX_FACTOR),
  };
}

function parseStalls(value: unknown): { everyMs: number; forMs: number } {
  const given = checkObject('latency.stalls', value, ['everyMs', 'forMs']);
  const everyMs = checkNumber('latency.stalls.everyMs', given.everyMs, 1, MAX_TIMER_MS);
  return { everyMs, forMs: checkNumber('latency.stalls.forMs', given.forMs, 0, everyMs) };
}

function checkRecord(key: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new SimulatorOptionError(key, value, 'an object of distributions by route pattern');
}
