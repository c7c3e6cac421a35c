import type { GatewayPlan, RoutePattern, Zone } from '../plan/types.js';
import { toLiteral } from './escape.js';
import { type NginxRate, retryAfterOf, SLOT_OPEN_MS } from './rates.js';
import { RUNTIME } from './runtime.js';

/** A zone with its rate. */
export interface RatedZone {
  readonly zone: Zone;
  readonly rate: NginxRate;
  /** What the zone counts. */
  readonly of: 'requests' | 'upgrades' | 'all';
}

/** Writes the file for njs: the tables of the plan, and the functions that read them. */
export function printScript(plan: GatewayPlan, rated: readonly RatedZone[]): string {
  const { paths, sockets } = plan;
  const places = new Map(plan.zones.map(({ id }, i) => [id, i]));
  const placesOf = (ids: readonly string[]): number[] => ids.map((id) => places.get(id) as number);
  const routes = plan.routes.map((route) => ({ ...printPattern(route), zones: placesOf(route.zones) }));
  const tables: [string, unknown][] = [
    ['ZONES', rated.map(printZone)],
    ['COMMON', placesOf(plan.common)],
    ['ROUTES', routes],
    ['NAMES', plan.names.map(printPattern)],
    ['FOLD', paths.caseInsensitive],
    ['ANCHOR', paths.anchor ?? ''],
    ['PREFIXES', paths.stripPrefixes],
    ['SOCKETS', (sockets?.routes ?? []).map(printPattern)],
    ['SHARED', plan.withoutCredential === 'share'],
    ['DRY_RUN', plan.dryRun],
    ['REFUSALS', plan.refusals],
    ['SLOT_OPEN_MS', SLOT_OPEN_MS],
  ];
  const functions = rated.map(({ zone }, i) => `  zone_${zone.id}: function (r) {\n    return keyOf(r, ${i});\n  },\n`);
  return [
    '// Written by @holdline/gateway. Changes here are lost when the file is written again.\n',
    "import crypto from 'crypto';\n\n",
    ...tables.map(([name, value]) => `const ${name} = ${printTable(value)};\n`),
    RUNTIME,
    '\nexport default {\n  credential,\n  route,\n  missing,\n  closed,\n  socket,\n  conn,\n  refuse,\n  unauthorized,\n',
    ...functions,
    '};\n',
  ].join('');
}

/** Prints a table with an entry on each line. */
function printTable(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0 || typeof value[0] !== 'object') return toLiteral(value);
  return `[\n${value.map((entry) => `  ${toLiteral(entry)},\n`).join('')}]`;
}

const printPattern = ({ method, segments }: RoutePattern): { method: string; path: readonly string[] } => ({
  method,
  path: segments,
});

function printZone({ zone: { id, key }, rate, of }: RatedZone): Record<string, unknown> {
  return {
    id,
    of,
    by: key.by,
    ...(key.by === 'parameter' && { at: key.segment }),
    ...(rate.kind === 'slots' && { slotMs: rate.slotMs }),
    retryAfter: retryAfterOf(rate),
  };
}
