import type { Zone } from '../plan/types.js';

/** The numbers of a zone that its rate depends on. */
export type RateNumbers = Pick<Zone, 'counts' | 'limit' | 'windowMs' | 'burst' | 'ratePerSec'>;

/** A rate that NGINX can keep: a bucket that `atOnce` requests fill and that drains evenly. */
export interface SteadyRate {
  readonly kind: 'steady';
  /** Requests per minute, an integer. NGINX takes rates as integers per second or minute only. */
  readonly perMinute: number;
  /** What NGINX makes of the rate: whole thousandths of a request per second. */
  readonly milliPerSec: number;
  /** Requests that leave at once. */
  readonly atOnce: number;
  /** Further requests that wait. */
  readonly queued: number;
}

/**
 * A rate below NGINX's lowest, kept by slots of time: in each slot, requests are taken for a minute and refused for the rest. NGINX counts
 * each slot separately.
 */
export interface SlottedRate {
  readonly kind: 'slots';
  readonly slotMs: number;
  readonly atOnce: number;
}

export type NginxRate = SteadyRate | SlottedRate;

export interface RateOptions {
  readonly burstShare: number;
  readonly maxWaitMs: number;
  readonly jitterMs: number;
}

/** NGINX's lowest rate: 1 request per minute. */
const MIN_PER_MINUTE = 1;
const MAX_PER_MINUTE = 1_000_000_000;
const MAX_QUEUED = 1_000_000;

/** Time in which a slot takes requests, ms. NGINX's lowest rate regains less than one request in this time. */
export const SLOT_OPEN_MS = 60_000;

/** NGINX counts time in whole ms, so that a request may leave this much too early. */
const TICK_MS = 1;

/** NGINX keeps rates in whole thousandths of a request per second, rounded down. */
const toMilli = (perMinute: number): number => Math.floor((perMinute * 1000) / 60);

/**
 * Finds the highest rate of NGINX that keeps a quota. NGINX's bucket lets `atOnce` requests leave at once and `rate` afterwards, so that a
 * window sees at most `atOnce + rate * windowMs` of them, rounded down; each window is taken to be longer by the jitter.
 */
export function rateOf(zone: RateNumbers, given: RateOptions): NginxRate {
  const options = { ...given, jitterMs: given.jitterMs + TICK_MS };
  const steady = zone.counts === 'bucket' ? steadyBucket(zone, options) : steadyWindow(zone, options);
  return steady ?? (zone.counts === 'bucket' ? slottedBucket(zone, options) : slottedWindow(zone, options));
}

function steadyWindow(zone: RateNumbers, options: RateOptions): SteadyRate | undefined {
  const { limit, windowMs, burst, ratePerSec } = zone;
  const span = windowMs + options.jitterMs;
  const find = (atOnce: number): SteadyRate | undefined => {
    const room = limit - atOnce + 1;
    const fits = (milli: number): boolean => (milli * span) / 1e6 < room && milli <= ratePerSec * 1000;
    const perMinute = highest(Math.min((room * 60_000) / span, ratePerSec * 60), fits);
    return perMinute === undefined ? undefined : steady(perMinute, atOnce, options);
  };
  const wanted = Math.max(1, Math.floor(Math.min(options.burstShare * limit, burst, limit)));
  // NGINX's lowest rate may leave less room for a burst.
  const most = Math.ceil(limit + 1 - (toMilli(MIN_PER_MINUTE) * span) / 1e6) - 1;
  return most >= 1 ? find(Math.min(wanted, most)) : undefined;
}

function steadyBucket({ burst, ratePerSec }: RateNumbers, options: RateOptions): SteadyRate | undefined {
  // Late requests meet later ones. What the bucket cannot take of them at once has to come from a lower rate.
  const jitterSec = options.jitterMs / 1000;
  const spaced = 1 / (1 / ratePerSec + jitterSec);
  const perSec = Math.min(ratePerSec, Math.max((burst - 1) / jitterSec, spaced));
  const perMinute = highest(perSec * 60, (milli) => milli <= perSec * 1000);
  if (perMinute === undefined) return undefined;
  const late = (toMilli(perMinute) * options.jitterMs) / 1e6;
  return steady(perMinute, Math.max(1, Math.floor(burst - late)), options);
}

/** The highest integer rate per minute near `start` that fits. */
function highest(start: number, fits: (milliPerSec: number) => boolean): number | undefined {
  let perMinute = Math.min(MAX_PER_MINUTE, Math.floor(start) + 1);
  while (perMinute >= MIN_PER_MINUTE && !fits(toMilli(perMinute))) perMinute--;
  return perMinute >= MIN_PER_MINUTE ? perMinute : undefined;
}

function steady(perMinute: number, atOnce: number, { maxWaitMs }: RateOptions): SteadyRate {
  const milliPerSec = toMilli(perMinute);
  const bounded = Math.min(atOnce, MAX_QUEUED);
  const queued = Math.min(MAX_QUEUED, Math.floor((milliPerSec * maxWaitMs) / 1e6));
  return { kind: 'steady', perMinute, milliPerSec, atOnce: bounded, queued };
}

function slottedWindow({ limit, windowMs, burst }: RateNumbers, { burstShare, jitterMs }: RateOptions): SlottedRate {
  const atOnce = Math.max(1, Math.floor(Math.min(burstShare * limit, burst)));
  // A window meets the open times of at most `ceil((windowMs + open) / slotMs)` slots.
  const slots = Math.floor(limit / atOnce);
  return { kind: 'slots', atOnce, slotMs: Math.ceil((windowMs + SLOT_OPEN_MS + jitterMs) / slots) };
}

function slottedBucket({ ratePerSec }: RateNumbers, { jitterMs }: RateOptions): SlottedRate {
  return { kind: 'slots', atOnce: 1, slotMs: Math.ceil(1000 / ratePerSec + SLOT_OPEN_MS + jitterMs) };
}

/** Seconds after which a refused client may try again: until the next request fits. */
export function retryAfterOf(rate: NginxRate): number {
  return rate.kind === 'steady' ? Math.max(1, Math.ceil(1000 / rate.milliPerSec)) : 1;
}

/** The rate in NGINX's syntax. */
export function printRate({ perMinute }: SteadyRate): string {
  return perMinute % 60 === 0 ? `${perMinute / 60}r/s` : `${perMinute}r/m`;
}
