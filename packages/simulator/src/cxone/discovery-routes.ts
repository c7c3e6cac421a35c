import { ok } from '../http/answer.js';
import { fieldsOf, type RouteRequest } from '../platform/request.js';
import type { RouteLine } from '../platform/route-table.js';
import type { TokenStore } from '../tokens/token-store.js';
import { cxoneError } from './error-answers.js';
import { keySet } from './id-token.js';
import { numberOf } from './token-claims.js';

/**
 * Hosts that the SDK builds for itself, `https://api-na1.<domain>`. Nothing answers there; a test that goes that far
 * routes them to the simulator.
 */
const DOMAIN = 'cxone.simulated.example';

/** Where everything is: the documents a client reads before it signs in, and who it is afterwards. */
export function discoveryRoutes(tokens: TokenStore): RouteLine[] {
  return [
    ['GET /.well-known/openid-configuration', ({ host }) => ok(openIdConfiguration(host)), { kind: 'open' }],
    ['GET /auth/jwks', async () => ok(await keySet()), { kind: 'open' }],
    ['GET /.well-known/cxone-configuration', (request) => ok(cxoneConfiguration(request)), { kind: 'open' }],
    [
      'POST /incontactauthorizationserver/token/whoami',
      (request) => {
        const { token: text } = fieldsOf(request);
        const token = tokens.find(`Bearer ${String(text)}`);
        if (token === undefined || !tokens.isAlive(token, request.now)) return cxoneError(401, 'The token is invalid');
        return ok({
          agent_id: numberOf(`${token.tenant}/${token.user}`),
          team_id: 1,
          bus_no: numberOf(token.tenant),
          expires_in: Math.max(1, Math.floor((token.expiresAt - request.now) / 1000)),
          iss: `http://${request.host}`,
          sub: `user:${token.user}`,
          resource_server_base_uri: `http://${request.host}/incontactapi/`,
          refresh_token_server_uri: `http://${request.host}/incontactauthorizationserver/token`,
        });
      },
      { kind: 'open', isRead: true },
    ],
  ];
}

function openIdConfiguration(host: string): Record<string, unknown> {
  const base = `http://${host}`;
  return {
    issuer: base,
    authorization_endpoint: `${base}/auth/authorize`,
    token_endpoint: `${base}/auth/token`,
    end_session_endpoint: `${base}/auth/logout`,
    jwks_uri: `${base}/auth/jwks`,
    response_types_supported: ['code'],
    display_values_supported: ['page', 'popup'],
    code_challenge_methods_supported: ['S256'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

function cxoneConfiguration({ host, query }: RouteRequest): Record<string, unknown> {
  return {
    tenantId: query.get('tenantId') ?? '',
    area: 'na1',
    cluster: 'sim1',
    domain: DOMAIN,
    acdDomain: DOMAIN,
    uhDomain: DOMAIN,
    api_endpoint: `http://${host}`,
    auth_endpoint: `http://${host}/auth`,
  };
}
