import { answerOk } from '../http/answer.js';
import { readFields, type RouteRequest } from '../platform/request.js';
import type { RouteDefinition } from '../platform/route-table.js';
import type { TokenStore } from '../tokens/token-store.js';
import { buildErrorAnswer } from './error-answers.js';
import { exportKeySet } from './id-token.js';
import { deriveNumber } from './token-claims.js';

/**
 * The SDK builds host names such as `https://api-na1.<domain>` from this domain. No server answers there; a test that
 * needs these hosts routes them to the simulator.
 */
const SDK_DOMAIN = 'cxone.simulated.example';

/** The discovery documents that a client reads before it signs in, and the whoami endpoint. */
export function createDiscoveryRoutes(tokens: TokenStore): RouteDefinition[] {
  return [
    ['GET /.well-known/openid-configuration', ({ host }) => answerOk(buildOpenIdConfiguration(host)), { kind: 'open' }],
    ['GET /auth/jwks', async () => answerOk(await exportKeySet()), { kind: 'open' }],
    ['GET /.well-known/cxone-configuration', (request) => answerOk(buildCxoneConfiguration(request)), { kind: 'open' }],
    [
      'POST /incontactauthorizationserver/token/whoami',
      (request) => {
        const { token: text } = readFields(request);
        const token = tokens.findAccessToken(`Bearer ${String(text)}`);
        if (token === undefined || !tokens.isValid(token, request.now))
          return buildErrorAnswer(401, 'The token is invalid');
        return answerOk({
          agent_id: deriveNumber(`${token.tenant}/${token.user}`),
          team_id: 1,
          bus_no: deriveNumber(token.tenant),
          expires_in: Math.max(1, Math.floor((token.expiresAt - request.now) / 1000)),
          iss: `http://${request.host}`,
          sub: `user:${token.user}`,
          resource_server_base_uri: `http://${request.host}/incontactapi/`,
          refresh_token_server_uri: `http://${request.host}/incontactauthorizationserver/token`,
        });
      },
      { kind: 'open', isReadOnly: true },
    ],
  ];
}

function buildOpenIdConfiguration(host: string): Record<string, unknown> {
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

function buildCxoneConfiguration({ host, query }: RouteRequest): Record<string, unknown> {
  return {
    tenantId: query.get('tenantId') ?? '',
    area: 'na1',
    cluster: 'sim1',
    domain: SDK_DOMAIN,
    acdDomain: SDK_DOMAIN,
    uhDomain: SDK_DOMAIN,
    api_endpoint: `http://${host}`,
    auth_endpoint: `http://${host}/auth`,
  };
}
