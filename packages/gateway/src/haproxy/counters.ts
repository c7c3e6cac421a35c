import { ConfigError } from '@holdline/core';
import type { GatewayPlan, Zone } from '../plan/types.js';
import { type Bucket, type BucketOptions, bucketOf, toleranceOf } from './buckets.js';
import { commentOf } from './text.js';

/** Stick counters of a request: `MAX_SESS_STKCTR` of HAProxy 2.6, which only another build changes. */
const TRACKERS = 3;

/** Elements of the type `gpt` in an entry of a table, of which a bucket takes two. */
const ELEMENTS = 100;
const BUCKETS = ELEMENTS / 2;

/** Time for which a table keeps the count of a bucket that is full again, in ms. */
const KEPT_MS = 10_000;

/** A stick table, and what its entries are. */
export interface Table {
  readonly name: string;
  /** The variable with the key of a request. */
  readonly key: string;
  /** In words, for comments. */
  readonly words: string;
  /** Which of the stick counters of a request points to its entry. */
  tracker: number;
  /** Number of buckets in an entry. */
  buckets: number;
  expireMs: number;
  /** Whether an entry also counts open sockets. */
  readonly countsSockets: boolean;
}

/** A zone, its bucket and the place of the bucket. */
export interface Counter {
  readonly zone: Pick<Zone, 'id' | 'label' | 'limit' | 'windowMs' | 'counts'>;
  readonly bucket: Bucket;
  readonly table: Table;
  /** First of the two elements of the bucket. */
  readonly element: number;
}

/** All that a file counts. */
export interface Counters {
  readonly tables: readonly Table[];
  readonly counters: readonly Counter[];
  /** Counters of requests without a route, and of each route. */
  readonly common: readonly Counter[];
  readonly routes: readonly (readonly Counter[])[];
  readonly addresses: Counter | undefined;
  readonly upgrades: Counter | undefined;
  readonly sockets: Table | undefined;
}

interface Kind {
  readonly name: string;
  readonly key: string;
  readonly words: string;
}

const CREDENTIAL: Kind = { name: 'credentials', key: 'hl_credential', words: 'credential' };
const ADDRESS: Kind = { name: 'addresses', key: 'hl_network', words: 'client address' };
const SOCKET: Kind = { name: 'sockets', key: 'hl_socket', words: 'credential' };

/** The variable of the value of a parameter. Parameters have names of users, so that a number stands for the name. */
export const parameterVariable = (n: number): string => `hl_parameter_${n}`;

/** Names of the parameters that are counted by. The place of a name is the number of its variable. */
export function parametersOf(plan: GatewayPlan): string[] {
  return [...new Set(plan.zones.flatMap(({ key }) => (key.by === 'parameter' ? [key.name] : [])))];
}

function kindOf({ key }: Zone, plan: GatewayPlan, parameters: readonly string[]): Kind {
  if (key.by === 'credential') return CREDENTIAL;
  if (key.by === 'address') return ADDRESS;
  if (key.by === 'route') return { name: 'routes', key: 'hl_named', words: 'credential and route' };
  if (key.by === 'parameter') {
    const n = parameters.indexOf(key.name);
    return { name: `parameter_${n}`, key: parameterVariable(n), words: `parameter ${key.name}` };
  }
  // Without a header, all requests are one tenant.
  if (key.by === 'tenant' && plan.tenant) return { name: 'tenants', key: 'hl_tenant', words: 'tenant' };
  return { name: 'everybody', key: 'hl_everybody', words: 'everybody together' };
}

/**
 * Places the buckets of a plan in stick tables, and gives the tables to the three stick counters of a request.
 *
 * @throws ConfigError if a request would be counted by more than three keys.
 */
export function placeCounters(plan: GatewayPlan, options: BucketOptions): Counters {
  const tables: Table[] = [];
  const parameters = parametersOf(plan);
  const tableFor = (kind: Kind, countsSockets = false): Table => {
    const same = tables.filter(({ key }) => key === kind.key);
    const last = same[same.length - 1];
    if (last && last.buckets < BUCKETS) return last;
    const name = `holdline_${kind.name}${same.length === 0 ? '' : `_${same.length + 1}`}`;
    const table: Table = { ...kind, name, tracker: 0, buckets: 0, expireMs: 60_000, countsSockets };
    tables.push(table);
    return table;
  };
  const place = (zone: Zone, kind: Kind): Counter => {
    const bucket = bucketOf(zone, options);
    const table = tableFor(kind);
    const fullUs = toleranceOf(bucket) + bucket.intervalUs;
    table.expireMs = Math.max(table.expireMs, Math.ceil(fullUs / 1_000) + KEPT_MS);
    return { zone, bucket, table, element: 2 * table.buckets++ };
  };
  const counters = plan.zones.map((zone) => place(zone, kindOf(zone, plan, parameters)));
  const byId = new Map(counters.map((counter) => [counter.zone.id, counter]));
  const select = (ids: readonly string[]): Counter[] => ids.flatMap((id) => byId.get(id) ?? []);
  const addresses = plan.addresses && place(plan.addresses, ADDRESS);
  const { zone, maxOpen } = plan.sockets ?? {};
  const upgrades = zone && place(zone, CREDENTIAL);
  const sockets = maxOpen === undefined ? undefined : tableFor(SOCKET, true);
  const common = select(plan.common);
  const routes = plan.routes.map((route) => select(route.zones));
  assignTrackers(plan, tables, { common, routes, addresses, upgrades, sockets });
  return { tables, counters, common, routes, addresses, upgrades, sockets };
}

/** Gives each table a stick counter that no other table of the same request has. */
function assignTrackers(
  plan: GatewayPlan,
  tables: readonly Table[],
  { common, routes, addresses, upgrades, sockets }: Omit<Counters, 'tables' | 'counters'>,
): void {
  const always = addresses ? [addresses.table] : [];
  const tablesOf = (counters: readonly Counter[]): Table[] => [
    ...new Set([...always, ...counters.map(({ table }) => table)]),
  ];
  const requests = [
    { words: 'A request without a route', tables: tablesOf(common) },
    ...routes.map((counters, i) => ({ words: commentOf(plan.routes[i]?.pattern ?? ''), tables: tablesOf(counters) })),
    { words: 'An upgrade', tables: [...tablesOf(upgrades ? [upgrades] : []), ...(sockets ? [sockets] : [])] },
  ];
  for (const request of requests) if (request.tables.length > TRACKERS) refuse(request.words, request.tables);
  const placed: Table[] = [];
  // The table with the most neighbours first, which has the fewest choices.
  const neighboursOf = (table: Table): Set<Table> =>
    new Set(requests.filter((request) => request.tables.includes(table)).flatMap((request) => request.tables));
  for (const table of [...tables].sort((a, b) => neighboursOf(b).size - neighboursOf(a).size)) {
    const taken = new Set(
      [...neighboursOf(table)].filter((other) => placed.includes(other)).map(({ tracker }) => tracker),
    );
    const free = [0, 1, 2].find((n) => !taken.has(n));
    if (free === undefined) refuse('The configuration', [...neighboursOf(table)]);
    table.tracker = free;
    placed.push(table);
  }
}

function refuse(subject: string, tables: readonly Table[]): never {
  const words = [...new Set(tables.map((table) => table.words))].join(', ');
  throw new ConfigError(
    `HAProxy counts a request by at most ${TRACKERS} keys. ${subject} is counted by ${tables.length} (${words}): leave out \`addresses\` or a quota, or use NGINX`,
  );
}
