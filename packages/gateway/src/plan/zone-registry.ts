import type { Endpoint, PlacedQuota } from '@holdline/core';
import type { RateLimit } from './options.js';
import type { Zone, ZoneKey } from './types.js';

type Numbers = Pick<Zone, 'counts' | 'limit' | 'windowMs' | 'burst' | 'ratePerSec'>;

/** Zones whose requests count together: a quota of the line, or the quotas of endpoints that have one name and scope. */
export interface ZoneGroup {
  readonly zones: Zone[];
}

/** Collects the zones of a plan. Quotas that a line counts together become one zone. */
export class ZoneRegistry {
  readonly all: Zone[] = [];
  readonly notes: string[] = [];
  readonly #groups = new Map<string, ZoneGroup>();
  readonly #ids = new Set<string>();

  /**
   * Adds a quota.
   *
   * @param place - Where the quota stands in the configuration.
   * @param endpoint - The endpoint of the quota; undefined for a quota of the line.
   * @returns the group of the quota. Its zones are complete when all quotas were added.
   */
  add(quota: PlacedQuota, place: string, endpoint: Endpoint | undefined): ZoneGroup {
    const known = this.#groups.get(place);
    if (known) return known;
    const { name, limit, scope } = quota;
    const called = name === undefined ? place : `'${name}' (${place})`;
    let group: ZoneGroup = { zones: [] };
    if (typeof scope === 'function') {
      this.notes.push(
        `The quota ${called} is counted by a function, which only a line can call. The gateway does not keep it.`,
      );
    } else if (limit === 'discover') {
      this.notes.push(
        `The limit of the quota ${called} is learned from refusals, which only a line does. The gateway does not keep it.`,
      );
    } else {
      const key = keyOf(quota);
      const numbers = numbersOf({ ...quota, limit });
      const id = endpoint === undefined ? `line ${place}` : groupId(quota, key, numbers);
      group = this.#groups.get(id) ?? group;
      this.#groups.set(id, group);
      this.#addTo(group, key, numbers, name ?? place, called);
    }
    this.#groups.set(place, group);
    return group;
  }

  /** A zone outside of the configuration, such as that of upgrades. */
  reserve(label: string, by: 'address' | 'credential', { limit, windowMs }: RateLimit): Zone {
    const numbers = { counts: 'window', limit, windowMs, burst: limit, ratePerSec: (limit * 1000) / windowMs } as const;
    return { id: this.#makeId(label), label, key: { by }, ...numbers };
  }

  #addTo(group: ZoneGroup, key: ZoneKey, numbers: Numbers, label: string, called: string): void {
    if (group.zones.some((zone) => text(numbers) === text(zone))) return;
    const [first] = group.zones;
    const zone: Zone = { id: this.#makeId(label), label, key, ...numbers };
    group.zones.push(zone);
    this.all.push(zone);
    if (first) {
      this.notes.push(
        `The quota ${called} counts together with another of this name, and has other numbers. The gateway keeps both for all their requests.`,
      );
    }
  }

  #makeId(label: string): string {
    const words = label.toLowerCase().replace(/[^a-z0-9]+/g, '_');
    const name = words.replace(/^_|_$/g, '') || 'quota';
    // Long names are cut. A digest keeps them apart, and the same when the configuration gets more quotas.
    const base = name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME - 7).replace(/_$/, '')}_${digest(label)}`;
    let id = base;
    for (let n = 2; this.#ids.has(id); n++) id = `${base}_${n}`;
    this.#ids.add(id);
    return id;
  }
}

/** Longest name in an id. With a number it has at most 32 characters: NGINX's hash of variables has entries of 64 bytes. */
const MAX_NAME = 26;

/** Six characters that tell long labels apart (FNV-1a). */
function digest(label: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193) >>> 0;
  return hash.toString(36).padStart(6, '0').slice(-6);
}

const text = ({ counts, limit, windowMs, burst, ratePerSec }: Numbers): string =>
  [counts, limit, windowMs, burst, ratePerSec].join(' ');

/** What a line counts a quota by, without functions. */
function keyOf({ key, segment, scope = 'credential' }: PlacedQuota): ZoneKey {
  if (segment !== undefined) return { by: 'parameter', name: key as string, segment };
  if (scope === 'host') return { by: 'all' };
  return { by: scope as 'credential' | 'tenant' | 'route' };
}

function numbersOf({
  limit,
  windowMs,
  burst = limit,
  ratePerSec,
  shape,
  enforcement,
}: PlacedQuota & { limit: number }): Numbers {
  const refill = (limit * 1000) / windowMs;
  // A smoothed quota keeps the limit per window besides its bucket.
  if (enforcement === 'bucket' && shape !== 'smooth')
    return { counts: 'bucket', limit, windowMs, burst, ratePerSec: refill };
  return {
    counts: 'window',
    limit,
    windowMs,
    burst: Math.min(burst, limit),
    ratePerSec: Math.min(ratePerSec ?? refill, refill),
  };
}

/** Names what a line counts together: quotas of endpoints with one scope and name. Keys by route differ between endpoints anyway. */
function groupId({ name, limit, windowMs, entity = '' }: PlacedQuota, key: ZoneKey, numbers: Numbers): string {
  const own = name ?? `${limit}per${windowMs}`;
  return key.by === 'route' ? `route ${own} ${text(numbers)}` : `${key.by} ${entity} ${own}`;
}
