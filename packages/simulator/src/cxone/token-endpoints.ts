import { createHash } from 'node:crypto';
import { BoundedMap } from '../bounded-map.js';
import type { Answer } from '../http/answer.js';
import { buildRetryAfterHeader } from '../limits/retry-after.js';
import type { RouteRequest } from '../platform/request.js';
import type { RouteDefinition } from '../platform/route-table.js';
import { type Random, generateTokenText } from '../random.js';
import { parseBasic } from '../tokens/authorization-header.js';
import { buildOAuthError } from '../tokens/oauth-error.js';
import type { TokenHolder, TokenStore } from '../tokens/token-store.js';
import { writeIdToken } from './id-token.js';
import { buildClaims, writeAccessToken } from './token-claims.js';

/** New tokens, before an endpoint writes them in its own format. */
interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
  readonly claims: Record<string, unknown>;
}

/** Data of an issued authorization code. */
interface CodeGrant {
  readonly clientId: string;
  readonly tenant: string;
  readonly challenge: string | undefined;
}

/** Maximum number of codes that wait to be redeemed. The oldest is deleted first. */
const MAX_CODES = 10_000;
const DEFAULT_TENANT = 'tenant-1';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** All token endpoints of CXone: access keys, OAuth, the two refresh endpoints without OAuth, and the legacy server. */
export class TokenEndpoints {
  readonly #tokens: TokenStore;
  readonly #random: Random;
  readonly #codes = new BoundedMap<string, CodeGrant>(MAX_CODES);

  constructor(tokens: TokenStore, random: Random) {
    this.#tokens = tokens;
    this.#random = random;
  }

  createRoutes(): RouteDefinition[] {
    const defineRoute = (
      name: string,
      handle: (request: RouteRequest) => Answer | Promise<Answer>,
    ): RouteDefinition => [
      name,
      (request) =>
        this.#tokens.takeFailure() ? buildOAuthError(500, 'server_error', 'The server failed.') : handle(request),
      { kind: 'token' },
    ];
    return [
      defineRoute('POST /authentication/v1/token/access-key', (request) => this.#grantByAccessKey(request)),
      defineRoute('POST /auth/token', (request) => this.#grantByOAuth(request, {})),
      defineRoute('POST /incontactauthorizationserver/token', (request) =>
        this.#grantByOAuth(request, buildLegacyFields(request)),
      ),
      defineRoute('POST /public/user/refresh', (request) => this.#refreshUser(request)),
      defineRoute('POST /public/authentication/v1/refresh', (request) => this.#refreshRegional(request)),
      defineRoute('POST /public/authentication/v1/token', (request) => this.#exchangeRegional(request)),
      ['GET /auth/authorize', (request) => this.#redirectWithCode(request), { kind: 'open' }],
    ];
  }

  #resolveTenant(id: string): string {
    return this.#tokens.findTenant(id) ?? /@([^@]+)$/.exec(id)?.[1] ?? DEFAULT_TENANT;
  }

  async #grantByAccessKey(request: RouteRequest): Promise<Answer> {
    const { accessKeyId, accessKeySecret } = parseFields(request.text);
    const throttled = this.#checkThrottle(accessKeyId ?? '', request);
    if (throttled !== undefined) return throttled;
    if (accessKeyId === undefined || accessKeySecret === undefined) {
      return buildOAuthError(400, 'invalid_request', 'accessKeyId and accessKeySecret are required');
    }
    if (accessKeySecret === '' || !this.#tokens.acceptsClient(accessKeyId, accessKeySecret)) {
      return buildOAuthError(401, 'invalid_client', 'the access key is unknown');
    }
    const holder = this.#buildHolder(accessKeyId, accessKeyId, false);
    return this.#buildOAuthAnswer(this.#issueTokens(holder, this.#tokens.issueRefreshToken(holder), request), {});
  }

  async #grantByOAuth(request: RouteRequest, extraFields: Record<string, unknown>): Promise<Answer> {
    const fields = parseFields(request.text);
    const basic = parseBasic(request.headers.authorization);
    const clientId = basic?.id ?? fields.client_id ?? '';
    const secret = basic?.secret ?? fields.client_secret ?? '';
    const throttled = this.#checkThrottle(clientId, request);
    if (throttled !== undefined) return throttled;
    const isTrusted = secret !== '' && this.#tokens.acceptsClient(clientId, secret);
    const isKnown = isTrusted || (secret === '' && this.#tokens.acceptsClient(clientId));
    const denied = buildOAuthError(401, 'invalid_client', 'client authentication failed');
    switch (fields.grant_type) {
      case 'password': {
        if (!isTrusted) return denied;
        const { username = '', password = '' } = fields;
        if (username === '' || password === '')
          return buildOAuthError(400, 'invalid_grant', 'username or password is missing');
        return this.#answerWithTokens(this.#buildHolder(clientId, username, false), request, extraFields);
      }
      case 'client_credentials':
        return isTrusted
          ? this.#answerWithTokens(this.#buildHolder(clientId, clientId, false), request, extraFields)
          : denied;
      case 'authorization_code': {
        if (!isKnown) return denied;
        const holder = this.#redeemCode(clientId, fields, isTrusted);
        return holder === undefined
          ? buildOAuthError(
              400,
              'invalid_grant',
              'the code was used before, belongs to another client, or its verifier is wrong',
            )
          : this.#answerWithTokens(holder, request, extraFields);
      }
      case TOKEN_EXCHANGE: {
        const subject = this.#tokens.findAccessToken(`Bearer ${fields.subject_token ?? ''}`);
        if (subject === undefined || !this.#tokens.isValid(subject, request.now)) {
          return buildOAuthError(400, 'invalid_grant', 'the subject token is invalid or has expired');
        }
        const issuedType = { issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' };
        return this.#answerWithTokens(subject, request, { ...extraFields, ...issuedType });
      }
      case 'refresh_token': {
        // The SDK refreshes without a client id. A client that sends its id must own the refresh token.
        const issued = this.#refreshTokens(fields.refresh_token, clientId, request);
        if (issued !== undefined) return this.#buildOAuthAnswer(issued, extraFields);
        return buildOAuthError(400, 'invalid_grant', 'the refresh token is invalid, expired or revoked');
      }
      case undefined:
        return buildOAuthError(400, 'invalid_request', 'grant_type is missing');
      default:
        return buildOAuthError(400, 'unsupported_grant_type', 'the grant type is not supported');
    }
  }

  #refreshUser(request: RouteRequest): Answer {
    const issued = this.#refreshTokens(parseFields(request.text).token, '', request);
    if (issued === undefined) return buildOAuthError(401, 'invalid_grant', 'the refresh token is invalid');
    const { accessToken, refreshToken, expiresInSeconds } = issued;
    return buildNoStoreAnswer({
      token: accessToken,
      refreshToken,
      tokenExpirationTimeSec: expiresInSeconds,
      refreshTokenExpirationTimeSec: expiresInSeconds * 2,
    });
  }

  #refreshRegional(request: RouteRequest): Answer {
    const issued = this.#refreshTokens(parseFields(request.text).token, '', request);
    return issued === undefined
      ? buildOAuthError(401, 'invalid_grant', 'the refresh token is invalid')
      : buildRegionalAnswer(issued);
  }

  #exchangeRegional(request: RouteRequest): Answer {
    const subject = this.#tokens.findAccessToken(`Bearer ${parseFields(request.text).accessToken ?? ''}`);
    if (subject === undefined || !this.#tokens.isValid(subject, request.now)) {
      return buildOAuthError(401, 'invalid_grant', 'the access token is invalid or has expired');
    }
    return buildRegionalAnswer(this.#issueTokens(subject, this.#tokens.issueRefreshToken(subject), request));
  }

  /** Signs the user in without a login page and redirects the browser with a code. */
  #redirectWithCode({ query }: RouteRequest): Answer {
    const clientId = query.get('client_id') ?? '';
    const redirectUri = query.get('redirect_uri') ?? '';
    if (!this.#tokens.acceptsClient(clientId) || !URL.canParse(redirectUri)) {
      return buildOAuthError(400, 'invalid_request', 'client_id or redirect_uri is missing or unknown');
    }
    const code = generateTokenText(this.#random).slice(0, 32);
    const tenant = query.get('tenantId') ?? this.#resolveTenant(clientId);
    this.#codes.set(code, { clientId, tenant, challenge: query.get('code_challenge') ?? undefined });
    const url = new URL(redirectUri);
    url.searchParams.set('code', code);
    const state = query.get('state');
    if (state !== null) url.searchParams.set('state', state);
    return { status: 302, headers: { Location: url.href } };
  }

  /** Redeems a code. An issued code is verified; any other code works once, so that a test needs no browser. */
  #redeemCode(clientId: string, fields: Fields, isTrusted: boolean): TokenHolder | undefined {
    const { code = '', code_verifier: verifier } = fields;
    if (code === '' || (!isTrusted && verifier === undefined)) return undefined;
    if (!this.#tokens.spendCode(`${clientId} ${code}`)) return undefined;
    const grant = this.#codes.get(code);
    if (grant === undefined) return this.#buildHolder(clientId, clientId, !isTrusted);
    this.#codes.delete(code);
    if (grant.clientId !== clientId) return undefined;
    const digest = createHash('sha256')
      .update(verifier ?? '')
      .digest('base64url');
    if (grant.challenge !== undefined && grant.challenge !== digest) return undefined;
    return { ...this.#buildHolder(clientId, clientId, !isTrusted), tenant: grant.tenant };
  }

  #buildHolder(clientId: string, user: string, isPublic: boolean): TokenHolder {
    return { clientId, user, tenant: this.#resolveTenant(user), isPublic };
  }

  #checkThrottle(clientId: string, { now, wallMs, settings }: RouteRequest): Answer | undefined {
    const waitMs = this.#tokens.throttleClient(clientId, now);
    if (waitMs <= 0) return undefined;
    const answer = buildOAuthError(429, 'too_many_requests', 'too many token requests');
    return { ...answer, headers: buildRetryAfterHeader(waitMs, settings.retryAfter, wallMs) };
  }

  #refreshTokens(text: string | undefined, clientId: string, request: RouteRequest): IssuedTokens | undefined {
    const holder = this.#tokens.findRefreshTokenHolder(text ?? '');
    if (text === undefined || holder === undefined) return undefined;
    if (clientId !== '' && clientId !== holder.clientId) return undefined;
    return this.#issueTokens(holder, this.#tokens.rotateRefreshToken(text, holder), request);
  }

  #issueTokens(holder: TokenHolder, refreshToken: string, request: RouteRequest): IssuedTokens {
    const claims = buildClaims(holder, request.host, request.wallMs, this.#tokens.expiresInMs);
    const { text, token, expiresInSeconds } = this.#tokens.issueAccessToken(holder, request.now, (unique) =>
      writeAccessToken(claims, unique),
    );
    request.reportIssuedToken(token);
    return { accessToken: text, refreshToken, expiresInSeconds, claims };
  }

  #answerWithTokens(holder: TokenHolder, request: RouteRequest, extraFields: Record<string, unknown>): Promise<Answer> {
    return this.#buildOAuthAnswer(
      this.#issueTokens(holder, this.#tokens.issueRefreshToken(holder), request),
      extraFields,
    );
  }

  async #buildOAuthAnswer(issued: IssuedTokens, extraFields: Record<string, unknown>): Promise<Answer> {
    return buildNoStoreAnswer({
      access_token: issued.accessToken,
      token_type: 'Bearer',
      expires_in: issued.expiresInSeconds,
      refresh_token: issued.refreshToken,
      id_token: await writeIdToken(issued.claims),
      ...extraFields,
    });
  }
}

function buildRegionalAnswer({ accessToken, refreshToken, expiresInSeconds }: IssuedTokens): Answer {
  return buildNoStoreAnswer({ accessToken, refreshToken, accessTokenExpiry: expiresInSeconds });
}

function buildNoStoreAnswer(body: Record<string, unknown>): Answer {
  return { status: 200, headers: { 'Cache-Control': 'no-store' }, body };
}

/** The legacy server also returns the address of the API. */
function buildLegacyFields({ host }: RouteRequest): Record<string, unknown> {
  return {
    resource_server_base_uri: `http://${host}/incontactapi/`,
    refresh_token_server_uri: `http://${host}/incontactauthorizationserver/token`,
    scope: 'AgentApi',
  };
}

type Fields = Readonly<Record<string, string | undefined>>;

/** Parses the fields of a token request as JSON or form, by the first character: the SDK labels its forms as JSON. */
function parseFields(text: string): Fields {
  if (!text.trimStart().startsWith('{')) return Object.fromEntries(new URLSearchParams(text));
  try {
    const fields = Object.entries(JSON.parse(text) as Record<string, unknown>);
    return Object.fromEntries(fields.filter((field): field is [string, string] => typeof field[1] === 'string'));
  } catch {
    return {};
  }
}
