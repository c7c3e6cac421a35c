import type { GatewayPlan } from '../plan/types.js';
import { caseReader, matches, pathMatches } from './paths.js';
import { UPGRADE } from './route-sets.js';
import { comment, logText } from './text.js';

/** Rules that write the number of the route to `txn.hl_route`, and its pattern to `txn.hl_pattern` for the log. */
export function routeRules(plan: GatewayPlan): string[] {
  const ignoresCase = caseReader(plan);
  const rules = ['http-request set-var(txn.hl_route) int(0)', 'http-request set-var(txn.hl_pattern) str(-)'];
  if (plan.sockets) {
    rules.push(
      ...comment(
        'WebSockets: HAProxy sees the upgrade of a socket and none of its frames. @holdline/websocket paces the frames in the client.',
      ),
      ...plan.sockets.routes.map((route) => `acl hl_socket_path ${pathMatches(route, ignoresCase(route))}`),
      'acl hl_websocket req.hdr(upgrade) -m str -i -- websocket',
      `http-request set-var(txn.hl_route) int(${UPGRADE}) if METH_GET hl_websocket hl_socket_path`,
      `http-request set-var(txn.hl_pattern) str(upgrade) if { var(txn.hl_route) -m int ${UPGRADE} }`,
    );
  }
  rules.push(
    '# Any other upgrade is a plain request, and counts as one.',
    `http-request del-header Upgrade unless { var(txn.hl_route) -m int ${UPGRADE} }`,
  );
  if (plan.routes.length > 0) rules.push('# The first pattern that matches is the route. Route 0 has no pattern.');
  for (const [i, route] of plan.routes.entries()) {
    rules.push(
      `http-request set-var(txn.hl_route) int(${i + 1}) if { var(txn.hl_route) -m int 0 } ${matches(route, ignoresCase(route))}`,
      `http-request set-var(txn.hl_pattern) str("${logText(route.pattern)}") if { var(txn.hl_route) -m int ${i + 1} }`,
    );
  }
  return rules;
}
