import type { GatewayPlan } from '../plan/types.js';
import { toleranceOf } from './buckets.js';
import type { Counter, Counters } from './counters.js';
import { credentialRules, keyRules, tenantRules } from './keys.js';
import { AMBIGUOUS_PATH, pathRules } from './paths.js';
import { corsRules, denyRule, refusalsOf } from './refusals.js';
import { aclOfRoutes, countersInUse, routesOf, routesOfTable, UPGRADE } from './route-sets.js';
import { routeRules } from './routes.js';
import { comment } from './text.js';

/** A time in µs is kept in two elements of 32 bits. */
const WORD = 2 ** 32;

/** Time after which a client may try again to open a socket, when it has as many as it may have, in µs. */
const SOCKET_WAIT_US = 10_000_000;

/** All rules for requests, in the order in which HAProxy runs them. */
export function requestRules(plan: GatewayPlan, counters: Counters): string[] {
  const refusals = refusalsOf(plan);
  const deny = (rule: string): string[] => (plan.dryRun ? [] : [rule]);
  const used = countersInUse(counters);
  return [
    'http-request set-var(txn.hl_now) date(0,us)',
    'http-request set-var(txn.hl_id) uuid()',
    'http-request set-var(txn.hl_method) method',
    'http-request set-var(txn.hl_origin) req.hdr(origin)',
    'http-request set-var(txn.hl_address) src',
    'http-request set-var(txn.hl_status) str(PASSED)',
    'http-request set-var(txn.hl_zone) str(-)',
    'http-request set-var(txn.hl_wait) int(0)',
    'http-request set-var(txn.hl_retry) int(0)',
    '',
    ...pathRules(plan),
    '',
    ...credentialRules(plan),
    ...tenantRules(plan),
    '',
    ...comment(
      'Another server may read such a path, or the second of two credentials, in another way than these rules.',
    ),
    ...AMBIGUOUS_PATH,
    'acl hl_ambiguous req.fhdr_cnt(authorization) gt 1',
    `http-request set-var(txn.hl_status) str(AMBIGUOUS${plan.dryRun ? '_DRY_RUN' : ''}) if hl_ambiguous`,
    ...deny(denyRule(refusals.ambiguous, 'hl_ambiguous')),
    '',
    ...routeRules(plan),
    '',
    ...missingRules(plan, (condition) => deny(denyRule(refusals.noCredential, condition))),
    ...keyRules(plan, counters),
    ...trackRules(counters),
    ...used.flatMap((counter) => ['', ...waitRules(counter, counters)]),
    ...socketRules(plan, counters),
    '',
    ...comment('A request waits for all of its buckets, or leaves at once and spends a permit of each.'),
    'acl hl_refused var(txn.hl_wait) -m int gt 0',
    `http-request set-var(txn.hl_status) str(REJECTED${plan.dryRun ? '_DRY_RUN' : ''}) if hl_refused`,
    'http-request set-var(txn.hl_retry) var(txn.hl_wait),add(999999),div(1000000) if hl_refused',
    ...deny(denyRule(refusals.tooMany, 'hl_refused')),
    ...used.flatMap((counter) => spendRules(counter, plan.dryRun)),
    ...corsRules(plan),
  ];
}

/** Requests without a credential. A preflight of CORS has none by its nature, and the URL of a socket may be one itself. */
function missingRules(plan: GatewayPlan, refuse: (condition: string) => string[]): string[] {
  if (plan.withoutCredential !== 'refuse') return [];
  const condition = `!hl_has_credential !hl_preflight !{ var(txn.hl_route) -m int ${UPGRADE} }`;
  return [
    'http-request set-var(txn.hl_asks_for) req.hdr(access-control-request-method) if METH_OPTIONS',
    'acl hl_preflight var(txn.hl_asks_for) -m found',
    `http-request set-var(txn.hl_status) str(UNAUTHORIZED${plan.dryRun ? '_DRY_RUN' : ''}) if ${condition}`,
    ...refuse(condition),
    '',
  ];
}

/** Gives a request its entries of the tables. */
function trackRules(counters: Counters): string[] {
  return counters.tables.flatMap((table) => {
    const routes = routesOfTable(table, counters);
    if (routes?.length === 0) return [];
    const track = `http-request track-sc${table.tracker} var(txn.${table.key}) table ${table.name}`;
    if (routes === undefined) return ['', track];
    const acl = `hl_in_${table.name}`;
    return ['', ...aclOfRoutes(acl, routes), `${track} if ${acl}`];
  });
}

/** Finds out for how long a bucket keeps a request waiting. */
function waitRules(counter: Counter, counters: Counters): string[] {
  const { zone, bucket, table, element } = counter;
  const routes = routesOf(counter, counters);
  const variable = `txn.hl_ahead_${zone.id}`;
  const set = `http-request set-var(${variable})`;
  const condition = routes === undefined ? '' : ` if hl_counts_${zone.id}`;
  const when = condition === '' ? ' if' : condition;
  const tolerance = toleranceOf(bucket);
  const most = tolerance + bucket.intervalUs;
  return [
    ...comment(describe(counter)),
    ...(routes === undefined ? [] : aclOfRoutes(`hl_counts_${zone.id}`, routes)),
    `${set} sc_get_gpt(${element},${table.tracker}),mul(${WORD})${condition}`,
    `${set} sc_get_gpt(${element + 1},${table.tracker}),add(${variable}),sub(txn.hl_now)${condition}`,
    `${set} int(0)${when} { var(${variable}) -m int lt 0 }`,
    `${set} int(${most})${when} { var(${variable}) -m int gt ${most} }`,
    `http-request set-var(txn.hl_zone) str(${zone.id})${when} { var(${variable}),sub(${tolerance}),sub(txn.hl_wait) -m int gt 0 }`,
    `http-request set-var(txn.hl_wait) var(${variable}),sub(${tolerance}) if { var(txn.hl_zone) -m str -- ${zone.id} }`,
  ];
}

/** Moves a bucket on by one request. */
function spendRules({ zone, bucket, table, element }: Counter, isDryRun: boolean): string[] {
  const variable = `txn.hl_ahead_${zone.id}`;
  const condition = `{ var(${variable}) -m found }${isDryRun ? ' !hl_refused' : ''}`;
  return [
    `http-request set-var(${variable}) var(${variable}),add(txn.hl_now),add(${bucket.intervalUs}) if ${condition}`,
    `http-request sc-set-gpt(${element},${table.tracker}) var(${variable}),div(${WORD}) if ${condition}`,
    `http-request sc-set-gpt(${element + 1},${table.tracker}) var(${variable}),mod(${WORD}) if ${condition}`,
  ];
}

function socketRules({ sockets }: GatewayPlan, counters: Counters): string[] {
  if (sockets?.maxOpen === undefined || !counters.sockets) return [];
  const { tracker } = counters.sockets;
  const condition = `hl_crowded { var(txn.hl_route) -m int ${UPGRADE} } { var(txn.hl_wait) -m int 0 }`;
  return [
    '',
    ...comment(`At most ${sockets.maxOpen} open sockets. HAProxy counts a socket from its upgrade until it closes.`),
    `acl hl_crowded sc_conn_cur(${tracker}) gt ${sockets.maxOpen}`,
    `http-request set-var(txn.hl_zone) str(open_sockets) if ${condition}`,
    `http-request set-var(txn.hl_wait) int(${SOCKET_WAIT_US}) if ${condition}`,
  ];
}

function describe({ zone, bucket, table }: Counter): string {
  const { limit, windowMs, counts, label } = zone;
  const { burst, intervalUs } = bucket;
  const rate = `${burst} at once, then one each ${intervalUs / 1_000} ms`;
  const what =
    counts === 'bucket'
      ? `The platform itself is such a bucket.`
      : `That is at most ${limit} in any ${windowMs} ms, wherever they start.`;
  return `${label}: per ${table.words}, ${rate}. ${what}`;
}
