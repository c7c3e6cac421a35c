import type { HoldlineConfig, Quota } from '@holdline/core';
import type { LimitLoad, PacingAdvice } from '@holdline/simulator';

/** The configuration of a line that keeps a limit. */
export interface PacingConfig {
  readonly limit: string;
  /** What the numbers belong to: `line` for `createHoldline`, the others for `guardWebSocket`. */
  readonly part: 'line' | 'handshakes' | 'frames';
  readonly config: HoldlineConfig;
  /** What the configuration assumes; undefined if nothing. */
  readonly note: string | undefined;
  /** The configuration as source code, to paste. */
  readonly lines: string;
}

type Scope = Quota['scope'];

/** Counts a route over all credentials. The scope `route` of a line counts it by credential. */
const byRoute: Exclude<Scope, string | undefined> = (call) => call.route.name;

/** Scope of a quota by what the limit counts by, and what differs. A line knows credentials, tenants, routes and hosts. */
const SCOPES: Record<LimitLoad['per'], readonly [scope: Scope, note?: string]> = {
  token: ['credential'],
  client: [
    'host',
    'The limit counts by client. This quota counts all credentials of the line together: use one line per client.',
  ],
  user: ['credential', 'The limit counts by user. This quota counts by credential: each user needs one of their own.'],
  tenant: ['tenant', 'The quota needs the tenant of each call: withCall({ tenant }).'],
  org: ['host', 'All processes of the organization share this limit: use a shared store.'],
  // The quota of an endpoint counts the endpoint only.
  route: ['host'],
  entity: [undefined],
  socket: [undefined],
};

/** The configuration that keeps a limit; undefined for a limit that refused nothing. */
export function pacingConfigOf(load: LimitLoad): PacingConfig | undefined {
  const { name, of, per, match, pacing } = load;
  if (!pacing) return undefined;
  const [scope, note] = SCOPES[per];
  const quota: Quota = { name, ...numbersOf(load, pacing) };
  if (of !== 'requests') {
    const part = of === 'upgrades' ? 'handshakes' : 'frames';
    const config: HoldlineConfig = { governor: { quotas: [quota] } };
    return { limit: name, part, config, note, lines: `${part}: { quotas: ${print([quota])} }` };
  }
  const config: HoldlineConfig =
    match === undefined
      ? { governor: { quotas: [{ ...quota, ...(scope && { scope: per === 'route' ? byRoute : scope }) }] } }
      : { endpoints: Object.fromEntries(match.map((pattern) => [pattern, endpointOf(quota, load, pattern)])) };
  return { limit: name, part: 'line', config, note, lines: print(config).slice(2, -2) };
}

/** The window of the limit, or a smoothed quota where its longest wait is shorter. */
function numbersOf(load: LimitLoad, { ratePerSec, burst, waitMaxMs, window }: PacingAdvice): Omit<Quota, 'scope'> {
  const { limit, windowMs, enforcement } = load;
  if (enforcement === 'bucket') return { limit, windowMs, enforcement, burst };
  const isSmooth = window === undefined || waitMaxMs < window.waitMaxMs;
  return { limit, windowMs, ...(isSmooth && ({ shape: 'smooth', burst, ratePerSec } as const)) };
}

function endpointOf(quota: Quota, { per, match = [] }: LimitLoad, pattern: string): object {
  const [scope] = SCOPES[per];
  const entity = per === 'entity' ? /:(\w+)(?!.*:\w)/.exec(match[0] ?? pattern)?.[1] : undefined;
  return { governor: { quotas: [{ ...quota, ...(entity === undefined ? scope && { scope } : { key: entity }) }] } };
}

/** A value as source code in the style of the examples. */
function print(value: unknown): string {
  if (value === byRoute) return '(call) => call.route.name';
  if (Array.isArray(value)) return `[${value.map(print).join(', ')}]`;
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  const pairs = Object.entries(value).map(([key, one]) => `${/^\w+$/.test(key) ? key : print(key)}: ${print(one)}`);
  return `{ ${pairs.join(', ')} }`;
}
