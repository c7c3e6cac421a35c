import type { Answer } from '../http/answer.js';
import type { RouteRequest } from '../platform/request.js';
import { parseBasic } from '../tokens/authorization-header.js';
import { buildOAuthError } from '../tokens/oauth-error.js';
import type { TokenHolder, TokenStore } from '../tokens/token-store.js';
import { ME } from './organization.js';

/** A code that names the user: `user:alice`. Text after a `#` only makes the code unique. */
const SIGN_IN_CODE = /^user:([^#]+)/;

/** The simulator has one organization. */
const TENANT = 'org';

/** Serves `POST /oauth/token`: grants, rotation, and 400 instead of 429 when throttled. */
export function grantToken(request: RouteRequest, tokens: TokenStore): Answer {
  if (tokens.takeFailure()) return buildOAuthError(500, 'server_error', 'The authorization server failed.');
  if (request.headers['content-type']?.toLowerCase().startsWith('application/x-www-form-urlencoded') !== true) {
    return buildOAuthError(400, 'invalid_request', 'The body must be application/x-www-form-urlencoded.');
  }
  const form = new URLSearchParams(request.text);
  const client = authenticateClient(request.headers.authorization, form, tokens);
  if (tokens.throttleClient(client?.clientId ?? '', request.now) > 0) return buildThrottledAnswer();
  if (client === undefined) {
    return {
      ...buildOAuthError(401, 'invalid_client', 'client authentication failed'),
      headers: { 'WWW-Authenticate': 'Basic realm="simulator"' },
    };
  }
  return handleGrant(client, form, request, tokens);
}

function handleGrant(client: TokenHolder, form: URLSearchParams, request: RouteRequest, tokens: TokenStore): Answer {
  switch (form.get('grant_type')) {
    case 'client_credentials':
      if (client.isPublic) {
        return buildOAuthError(400, 'unauthorized_client', 'a client without a secret cannot use this grant');
      }
      return answerWithTokens(client, undefined, request, tokens);
    case 'authorization_code': {
      const code = form.get('code') ?? '';
      if (code === '') return buildOAuthError(400, 'invalid_request', 'code is missing');
      if (!tokens.spendCode(`${client.clientId} ${code}`)) {
        return buildOAuthError(400, 'invalid_grant', 'the authorization code was already used');
      }
      const holder = { ...client, user: SIGN_IN_CODE.exec(code)?.[1] ?? ME };
      return answerWithTokens(holder, tokens.issueRefreshToken(holder), request, tokens);
    }
    case 'refresh_token': {
      const text = form.get('refresh_token') ?? '';
      const known = tokens.findRefreshTokenHolder(text);
      if (known?.clientId !== client.clientId || (client.isPublic && !known.isPublic)) {
        return buildOAuthError(400, 'invalid_grant', 'the refresh token is invalid, expired or revoked');
      }
      return answerWithTokens(known, tokens.rotateRefreshToken(text, known), request, tokens);
    }
    case null:
      return buildOAuthError(400, 'invalid_request', 'grant_type is missing');
    default:
      return buildOAuthError(400, 'unsupported_grant_type', 'the grant type is not supported');
  }
}

/**
 * Authenticates the client by HTTP Basic. With a `code_verifier` or for a refresh, the client id in the form is enough
 * (a public client). The refresh token decides later whether the client may use it.
 */
function authenticateClient(
  authorization: string | undefined,
  form: URLSearchParams,
  tokens: TokenStore,
): TokenHolder | undefined {
  const basic = parseBasic(authorization);
  const id = basic?.id ?? form.get('client_id') ?? '';
  const secret = basic?.secret ?? '';
  const holder = { clientId: id, tenant: TENANT, user: ME };
  if (secret !== '') return tokens.acceptsClient(id, secret) ? { ...holder, isPublic: false } : undefined;
  const mayBePublic = form.has('code_verifier') || form.get('grant_type') === 'refresh_token';
  return mayBePublic && tokens.acceptsClient(id) ? { ...holder, isPublic: true } : undefined;
}

/** Builds the platform's answer to a throttled token request, which is a 400 and never a 429. */
function buildThrottledAnswer(): Answer {
  return {
    status: 400,
    body: {
      error: 'invalid_request',
      description: 'rate limit exceeded',
      error_description: 'rate limit exceeded; too many token requests, try again later',
    },
  };
}

function answerWithTokens(
  client: TokenHolder,
  refreshToken: string | undefined,
  request: RouteRequest,
  tokens: TokenStore,
): Answer {
  const { text, token, expiresInSeconds } = tokens.issueAccessToken(client, request.now);
  request.reportIssuedToken(token);
  return {
    status: 200,
    headers: { 'Cache-Control': 'no-store' },
    body: {
      access_token: text,
      token_type: 'bearer',
      expires_in: expiresInSeconds,
      ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    },
  };
}
