import type { GatewayPlan, RoutePattern, Zone } from '../plan/types.js';
import { toLiteral } from './escape.js';
import { type NginxRate, retryAfterOf, SLOT_OPEN_MS } from './rates.js';
import { printLookup, printMatcher, type Reading, readText, READINGS } from './matcher.js';
import { RUNTIME } from './runtime.js';
import { sortBySpecificity } from '../plan/specificity.js';

/** A zone with its rate. */
export interface RatedZone {
  readonly zone: Zone;
  readonly rate: NginxRate;
  /** What the zone counts. */
  readonly of: 'requests' | 'upgrades' | 'all';
}

/** Writes the file for njs: what the plan says, and the functions that read it. */
export function printScript(plan: GatewayPlan, rated: readonly RatedZone[]): string {
  const { paths, sockets } = plan;
  const places = new Map(plan.zones.map(({ id }, i) => [id, i]));
  const placesOf = (ids: readonly string[]): number[] => ids.map((id) => places.get(id) as number);
  const read = (reading: Reading) => (text: string) => readText(text, reading, paths.caseInsensitive);
  // Patterns that only name a route have no zones.
  // Of equal patterns, the first counts.
  const routes = new Map([...plan.routes].reverse().map((route) => [route.pattern, placesOf(route.zones)]));
  const patterns = mergePatterns(plan);
  const tables: [string, unknown][] = [
    ['ZONES', rated.map(printZone)],
    ['COMMON', placesOf(plan.common)],
    ['FOLD', paths.caseInsensitive],
    ['ANCHORS', READINGS.map((reading) => readAnchor(paths.anchor ?? '', reading, paths.caseInsensitive))],
    [
      'PREFIXES',
      READINGS.map((reading) => paths.stripPrefixes.map((prefix) => readPrefix(prefix, reading, read(reading)))),
    ],
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
    '\n// The patterns of the configuration.\n',
    printMatchers('MATCHERS', 'match', patterns, read),
    printMatchers('SOCKET_MATCHERS', 'matchSocket', sockets?.routes ?? [], read),
    printLookup(
      'zonesAt',
      patterns.map(({ pattern }) => routes.get(pattern) ?? null),
    ),
    printLookup(
      'pathAt',
      patterns.map(({ segments }) => segments),
    ),
    RUNTIME,
    '\nexport default {\n  credential,\n  route,\n  long,\n  missing,\n  closed,\n  socket,\n  conn,\n  refuse,\n  unauthorized,\n',
    ...functions,
    '};\n',
  ].join('');
}

/** The routes and the patterns that name them, the most specific first. */
function mergePatterns({ routes, names }: GatewayPlan): RoutePattern[] {
  const all = [...names, ...routes.filter(({ pattern }) => !names.some((name) => name.pattern === pattern))];
  // The sort puts the last of equally specific patterns first, and both lists are sorted already.
  return sortBySpecificity(all.reverse().map((pattern) => [pattern, undefined])).map(([pattern]) => pattern);
}

/** Writes a function for each reading. Most patterns are the same in all readings, and need one function. */
function printMatchers(
  table: string,
  name: string,
  patterns: readonly RoutePattern[],
  read: (reading: Reading) => (text: string) => string,
): string {
  const bodies = READINGS.map((reading) => printMatcher(name, patterns, read(reading)));
  const distinct = [...new Set(bodies)];
  const names = bodies.map((body) => `${name}${distinct.indexOf(body)}`);
  return [
    ...distinct.map((_, i) =>
      printMatcher(`${name}${i}`, patterns, read(READINGS[bodies.indexOf(distinct[i] as string)] as Reading)),
    ),
    `const ${table} = [${names.join(', ')}];\n`,
  ].join('');
}

/** Normalised paths have no empty segment. */
function readPrefix(prefix: readonly string[], reading: Reading, read: (text: string) => string): string[] {
  const parts = reading === 'raw' ? prefix : prefix.filter((part) => part !== '');
  return parts.map((part) => (part.startsWith(':') ? ':' : read(part)));
}

function readAnchor(anchor: string, reading: Reading, caseInsensitive: boolean): string {
  if (reading === 'raw') return caseInsensitive ? anchor.toLowerCase() : anchor;
  const parts = anchor.split('/').map((part) => readText(part, reading, caseInsensitive));
  return parts.join('/').replace(/\/{2,}/g, '/');
}

/** Prints a table with an entry on each line. */
function printTable(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0 || typeof value[0] !== 'object') return toLiteral(value);
  return `[\n${value.map((entry) => `  ${toLiteral(entry)},\n`).join('')}]`;
}

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
