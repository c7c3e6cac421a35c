import type { GatewayPlan } from '../plan/types.js';
import { type Counters, parametersOf, parameterVariable } from './counters.js';
import { caseReader, isWild, matches, solid } from './paths.js';
import { aclOf, aclOfRoutes, routesOf } from './route-sets.js';
import { comment } from './text.js';

/** Rules that write the digest of the credential to `txn.hl_credential`. */
export function credentialRules({ withoutCredential }: GatewayPlan): string[] {
  return [
    ...comment(
      'The credential is a digest of what follows the scheme, so that `Bearer x` and `bearer  x` are one. The token gets into no table and no log.',
    ),
    `acl hl_has_credential req.fhdr(authorization) -m reg -- '[^[:space:]]'`,
    'http-request set-var(txn.hl_credential) str(none)',
    `http-request set-var(txn.hl_credential) 'req.fhdr(authorization),regsub("^[A-Za-z]+[[:space:]]+",),sha2(256),bytes(0,16),hex,lower' if hl_has_credential`,
    ...(withoutCredential === 'share'
      ? comment('Requests without Authorization count together as `none`: an empty key would not be counted at all.')
      : []),
  ];
}

/** Rules that write the digest of the tenant to `txn.hl_tenant`. */
export function tenantRules({ tenant }: GatewayPlan): string[] {
  if (!tenant) return [];
  const { header, trustedFrom } = tenant;
  return [
    '',
    ...comment('The tenant, named by trusted networks only. All other requests count together as the tenant `none`.'),
    ...aclOf('hl_trusted', 'src', trustedFrom),
    'http-request set-var(txn.hl_tenant) str(none)',
    `http-request set-var(txn.hl_tenant) req.fhdr(${header}),sha2(256),hex if hl_trusted { req.fhdr(${header}) -m found }`,
    `http-request del-header ${header} unless hl_trusted`,
  ];
}

/** Rules that write the other keys of the tables. */
export function keyRules(plan: GatewayPlan, counters: Counters): string[] {
  const uses = (key: string): boolean => counters.tables.some((table) => table.key === key);
  return [
    ...(uses('hl_everybody') ? ['http-request set-var(txn.hl_everybody) str(everybody)'] : []),
    ...(uses('hl_network')
      ? ['# One network of IPv6 is one client.', 'http-request set-var(txn.hl_network) src,ipmask(32,64)']
      : []),
    ...(uses('hl_socket')
      ? [
          '# Open sockets count per credential, or else per client address.',
          'http-request set-var(txn.hl_socket) var(txn.hl_credential)',
          'http-request set-var(txn.hl_socket) src,ipmask(32,64) unless hl_has_credential',
        ]
      : []),
    ...parameterRules(plan, counters),
    ...(uses('hl_named') ? nameRules(plan) : []),
  ];
}

/** Parameters of patterns: segments of the path at their place. */
function parameterRules(plan: GatewayPlan, counters: Counters): string[] {
  const parameters = parametersOf(plan);
  const fold = plan.paths.caseInsensitive ? ',lower' : '';
  return parameters.flatMap((name, n) => {
    const places = new Map<number, Set<number>>();
    for (const zone of plan.zones) {
      const counter = counters.counters.find((one) => one.zone === zone);
      if (zone.key.by !== 'parameter' || zone.key.name !== name || !counter) continue;
      const { segment } = zone.key;
      const routes = places.get(segment) ?? new Set<number>();
      for (const route of routesOf(counter, counters) ?? []) routes.add(route);
      places.set(segment, routes);
    }
    return [...places].flatMap(([segment, routes]) => {
      if (routes.size === 0) return [];
      const acl = `hl_has_${n}_${segment}`;
      return [
        ...comment(`The parameter ${name}.`),
        ...aclOfRoutes(acl, [...routes]),
        `http-request set-var(txn.${parameterVariable(n)}) var(txn.hl_path),field(${segment + 2},/)${fold},sha2(256),hex if ${acl}`,
      ];
    });
  });
}

/** Segments that look like ids, as a line recognises them: encoded characters, digits only, three digits in eight, or very long. */
const ID =
  '/(?:[^/]*[^/A-Za-z0-9_.~!$&()*+,;=:-][^/]*|[0-9]+|(?=[^/]{8})(?:[^/0-9]*[0-9]){3}[^/]*|[^/0-9]{41,})(?=/|$)';

/** Names of routes, for quotas by route: the path with `:` for parameters and ids. */
function nameRules(plan: GatewayPlan): string[] {
  const ignoresCase = caseReader(plan);
  const rules = [
    ...comment('The name of the route: the path with `:` for parameters and for segments that look like ids.'),
    `http-request set-var(txn.hl_name) 'var(txn.hl_path),lower,regsub("${ID}","/:",g)'`,
  ];
  // The most specific pattern comes last and wins.
  for (const pattern of [...plan.names].reverse()) {
    const segments = solid(pattern.segments).filter((segment) => segment !== '**');
    if (segments.length === 0) continue;
    const name = segments.map((segment) => (isWild(segment) ? '/:' : `/${plainName(segment)}`)).join('');
    rules.push(
      `http-request set-var(txn.hl_name) 'var(txn.hl_name),regsub("^(?:/[^/]*){${segments.length}}","${name}")' if ${matches(pattern, ignoresCase(pattern))}`,
    );
  }
  return [
    ...rules,
    'http-request set-var-fmt(txn.hl_named) "%[var(txn.hl_credential)] %[var(txn.hl_method)] %[var(txn.hl_name)]"',
    'http-request set-var(txn.hl_named) var(txn.hl_named),sha2(256),hex',
  ];
}

const encoder = new TextEncoder();

/** A segment as a part of a key, in which nothing means anything in a substitution. */
const plainName = (segment: string): string =>
  Array.from(encoder.encode(segment.toLowerCase()), (byte) => {
    const character = String.fromCharCode(byte);
    return /[a-z0-9_-]/.test(character) ? character : `~${byte.toString(16)}`;
  }).join('');
