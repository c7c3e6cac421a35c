import type { Counter, Counters, Table } from './counters.js';

/** Number of the route of upgrades. Route 0 has no pattern, and the patterns count from 1. */
export const UPGRADE = 1_000_000;

/** Values in one line, of which HAProxy reads at most 64 words. */
const VALUES_PER_LINE = 40;

/** Writes a condition over many values. Lines with the same name are alternatives. */
export function aclOf(name: string, test: string, values: readonly (string | number)[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i < values.length; i += VALUES_PER_LINE)
    lines.push(`acl ${name} ${test} ${values.slice(i, i + VALUES_PER_LINE).join(' ')}`);
  return lines;
}

/** The condition that the route of a request is one of these. */
export const aclOfRoutes = (name: string, routes: readonly number[]): string[] =>
  aclOf(name, 'var(txn.hl_route) -m int', routes);

/** Numbers of the routes that a counter counts; undefined for all routes. */
export function routesOf(counter: Counter, counters: Counters): number[] | undefined {
  if (counter === counters.addresses) return undefined;
  if (counter === counters.upgrades) return [UPGRADE];
  const numbers = counters.routes.flatMap((counted, i) => (counted.includes(counter) ? [i + 1] : []));
  return counters.common.includes(counter) ? [0, ...numbers] : numbers;
}

/** All counters that count something. */
export function countersInUse(counters: Counters): Counter[] {
  const { addresses, upgrades } = counters;
  const used = counters.counters.filter((counter) => routesOf(counter, counters)?.length !== 0);
  return [...(addresses ? [addresses] : []), ...(upgrades ? [upgrades] : []), ...used];
}

/** Numbers of the routes whose requests need an entry of a table; undefined for all routes. */
export function routesOfTable(table: Table, counters: Counters): number[] | undefined {
  const numbers = new Set<number>(table === counters.sockets ? [UPGRADE] : []);
  for (const counter of countersInUse(counters)) {
    if (counter.table !== table) continue;
    const routes = routesOf(counter, counters);
    if (routes === undefined) return undefined;
    for (const route of routes) numbers.add(route);
  }
  return [...numbers].sort((a, b) => a - b);
}
