import { createHash } from 'node:crypto';
import { BoundedMap } from '../bounded-map.js';
import type { Answer } from '../http/answer.js';
import { retryAfterHeader } from '../limits/retry-after.js';
import type { RouteRequest } from '../platform/request.js';
import type { RouteLine } from '../platform/route-table.js';
import { type Random, randomTokenText } from '../random.js';
import { basicOf } from '../tokens/authorization-header.js';
import { oauthError } from '../tokens/oauth-error.js';
import type { Holder, TokenStore } from '../tokens/token-store.js';
import { writeIdToken } from './id-token.js';
import { claimsOf, writeAccessToken } from './token-claims.js';

/** What a client gets, before an endpoint puts it in its own words. */
interface Issued {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
  readonly claims: Record<string, unknown>;
}

/** What an authorization code stands for. */
interface Grant {
  readonly clientId: string;
  readonly tenant: string;
  readonly challenge: string | undefined;
}

/** Codes handed out and not yet redeemed; the oldest are forgotten beyond it. */
const MAX_CODES = 10_000;
const DEFAULT_TENANT = 'tenant-1';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** All ways to a CXone token: access keys, OAuth, the two refresh endpoints that are not OAuth, and the legacy server. */
export class TokenEndpoints {
  readonly #tokens: TokenStore;
  readonly #random: Random;
  readonly #codes = new BoundedMap<string, Grant>(MAX_CODES);

  constructor(tokens: TokenStore, random: Random) {
    this.#tokens = tokens;
    this.#random = random;
  }

  routes(): RouteLine[] {
    const line = (name: string, handle: (request: RouteRequest) => Answer | Promise<Answer>): RouteLine => [
      name,
      (request) => (this.#tokens.failsNow() ? oauthError(500, 'server_error', 'The server failed.') : handle(request)),
      { kind: 'token' },
    ];
    return [
      line('POST /authentication/v1/token/access-key', (request) => this.#accessKey(request)),
      line('POST /auth/token', (request) => this.#oauth(request, {})),
      line('POST /incontactauthorizationserver/token', (request) => this.#oauth(request, legacyFields(request))),
      line('POST /public/user/refresh', (request) => this.#refreshUser(request)),
      line('POST /public/authentication/v1/refresh', (request) => this.#refreshRegional(request)),
      line('POST /public/authentication/v1/token', (request) => this.#exchangeRegional(request)),
      ['GET /auth/authorize', (request) => this.#authorize(request), { kind: 'open' }],
    ];
  }

  #tenantOf(id: string): string {
    return this.#tokens.tenantOf(id) ?? /@([^@]+)$/.exec(id)?.[1] ?? DEFAULT_TENANT;
  }

  async #accessKey(request: RouteRequest): Promise<Answer> {
    const { accessKeyId, accessKeySecret } = fieldsOf(request.text);
    const busy = this.#throttle(accessKeyId ?? '', request);
    if (busy !== undefined) return busy;
    if (accessKeyId === undefined || accessKeySecret === undefined) {
      return oauthError(400, 'invalid_request', 'accessKeyId and accessKeySecret are required');
    }
    if (accessKeySecret === '' || !this.#tokens.knows(accessKeyId, accessKeySecret)) {
      return oauthError(401, 'invalid_client', 'the access key is not known');
    }
    const holder = this.#holder(accessKeyId, accessKeyId, false);
    return this.#oauthAnswer(this.#issue(holder, this.#tokens.newRefreshToken(holder), request), {});
  }

  async #oauth(request: RouteRequest, more: Record<string, unknown>): Promise<Answer> {
    const fields = fieldsOf(request.text);
    const basic = basicOf(request.headers.authorization);
    const clientId = basic?.id ?? fields.client_id ?? '';
    const secret = basic?.secret ?? fields.client_secret ?? '';
    const busy = this.#throttle(clientId, request);
    if (busy !== undefined) return busy;
    const isTrusted = secret !== '' && this.#tokens.knows(clientId, secret);
    const isKnown = isTrusted || (secret === '' && this.#tokens.knows(clientId));
    const denied = oauthError(401, 'invalid_client', 'client authentication failed');
    switch (fields.grant_type) {
      case 'password': {
        if (!isTrusted) return denied;
        const { username = '', password = '' } = fields;
        if (username === '' || password === '') return oauthError(400, 'invalid_grant', 'who signs in is missing');
        return this.#first(this.#holder(clientId, username, false), request, more);
      }
      case 'client_credentials':
        return isTrusted ? this.#first(this.#holder(clientId, clientId, false), request, more) : denied;
      case 'authorization_code': {
        if (!isKnown) return denied;
        const holder = this.#redeem(clientId, fields, isTrusted);
        return holder === undefined
          ? oauthError(400, 'invalid_grant', 'the code was used before, is not yours, or its verifier is wrong')
          : this.#first(holder, request, more);
      }
      case TOKEN_EXCHANGE: {
        const subject = this.#tokens.find(`Bearer ${fields.subject_token ?? ''}`);
        if (subject === undefined || !this.#tokens.isAlive(subject, request.now)) {
          return oauthError(400, 'invalid_grant', 'the subject token is invalid or has expired');
        }
        const issuedType = { issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' };
        return this.#first(subject, request, { ...more, ...issuedType });
      }
      case 'refresh_token': {
        // The SDK refreshes without saying who it is; a client that does must be the one the token was given to.
        const issued = this.#refresh(fields.refresh_token, clientId, request);
        if (issued !== undefined) return this.#oauthAnswer(issued, more);
        return oauthError(400, 'invalid_grant', 'the refresh token is invalid, expired or revoked');
      }
      case undefined:
        return oauthError(400, 'invalid_request', 'grant_type is missing');
      default:
        return oauthError(400, 'unsupported_grant_type', 'the grant type is not supported');
    }
  }

  #refreshUser(request: RouteRequest): Answer {
    const issued = this.#refresh(fieldsOf(request.text).token, '', request);
    if (issued === undefined) return oauthError(401, 'invalid_grant', 'the refresh token is invalid');
    const { accessToken, refreshToken, expiresInSeconds } = issued;
    return noStore({
      token: accessToken,
      refreshToken,
      tokenExpirationTimeSec: expiresInSeconds,
      refreshTokenExpirationTimeSec: expiresInSeconds * 2,
    });
  }

  #refreshRegional(request: RouteRequest): Answer {
    const issued = this.#refresh(fieldsOf(request.text).token, '', request);
    return issued === undefined
      ? oauthError(401, 'invalid_grant', 'the refresh token is invalid')
      : regionalAnswer(issued);
  }

  #exchangeRegional(request: RouteRequest): Answer {
    const subject = this.#tokens.find(`Bearer ${fieldsOf(request.text).accessToken ?? ''}`);
    if (subject === undefined || !this.#tokens.isAlive(subject, request.now)) {
      return oauthError(401, 'invalid_grant', 'the access token is invalid or has expired');
    }
    return regionalAnswer(this.#issue(subject, this.#tokens.newRefreshToken(subject), request));
  }

  /** Signs the user in without asking, and sends the browser back with a code. */
  #authorize({ query }: RouteRequest): Answer {
    const clientId = query.get('client_id') ?? '';
    const back = query.get('redirect_uri') ?? '';
    if (!this.#tokens.knows(clientId) || !URL.canParse(back)) {
      return oauthError(400, 'invalid_request', 'client_id or redirect_uri is missing or not known');
    }
    const code = randomTokenText(this.#random).slice(0, 32);
    const tenant = query.get('tenantId') ?? this.#tenantOf(clientId);
    this.#codes.set(code, { clientId, tenant, challenge: query.get('code_challenge') ?? undefined });
    const url = new URL(back);
    url.searchParams.set('code', code);
    const state = query.get('state');
    if (state !== null) url.searchParams.set('state', state);
    return { status: 302, headers: { Location: url.href } };
  }

  /** Codes of ours are checked; any other is taken once, so that a test needs no browser. */
  #redeem(clientId: string, fields: Fields, isTrusted: boolean): Holder | undefined {
    const { code = '', code_verifier: verifier } = fields;
    if (code === '' || (!isTrusted && verifier === undefined)) return undefined;
    if (!this.#tokens.spendCode(`${clientId} ${code}`)) return undefined;
    const grant = this.#codes.get(code);
    if (grant === undefined) return this.#holder(clientId, clientId, !isTrusted);
    this.#codes.delete(code);
    if (grant.clientId !== clientId) return undefined;
    const digest = createHash('sha256')
      .update(verifier ?? '')
      .digest('base64url');
    if (grant.challenge !== undefined && grant.challenge !== digest) return undefined;
    return { ...this.#holder(clientId, clientId, !isTrusted), tenant: grant.tenant };
  }

  #holder(clientId: string, user: string, isPublic: boolean): Holder {
    return { clientId, user, tenant: this.#tenantOf(user), isPublic };
  }

  #throttle(clientId: string, { now, wallMs, settings }: RouteRequest): Answer | undefined {
    const waitMs = this.#tokens.throttleMs(clientId, now);
    if (waitMs <= 0) return undefined;
    const answer = oauthError(429, 'too_many_requests', 'too many token requests');
    return { ...answer, headers: retryAfterHeader(waitMs, settings.retryAfter, wallMs) };
  }

  #refresh(text: string | undefined, clientId: string, request: RouteRequest): Issued | undefined {
    const holder = this.#tokens.holderOf(text ?? '');
    if (text === undefined || holder === undefined) return undefined;
    if (clientId !== '' && clientId !== holder.clientId) return undefined;
    return this.#issue(holder, this.#tokens.nextRefreshToken(text, holder), request);
  }

  #issue(holder: Holder, refreshToken: string, request: RouteRequest): Issued {
    const claims = claimsOf(holder, request.host, request.wallMs, this.#tokens.lifetimeMs);
    const { text, token, expiresInSeconds } = this.#tokens.issue(holder, request.now, (unique) =>
      writeAccessToken(claims, unique),
    );
    request.issued(token);
    return { accessToken: text, refreshToken, expiresInSeconds, claims };
  }

  #first(holder: Holder, request: RouteRequest, more: Record<string, unknown>): Promise<Answer> {
    return this.#oauthAnswer(this.#issue(holder, this.#tokens.newRefreshToken(holder), request), more);
  }

  async #oauthAnswer(issued: Issued, more: Record<string, unknown>): Promise<Answer> {
    return noStore({
      access_token: issued.accessToken,
      token_type: 'Bearer',
      expires_in: issued.expiresInSeconds,
      refresh_token: issued.refreshToken,
      id_token: await writeIdToken(issued.claims),
      ...more,
    });
  }
}

function regionalAnswer({ accessToken, refreshToken, expiresInSeconds }: Issued): Answer {
  return noStore({ accessToken, refreshToken, accessTokenExpiry: expiresInSeconds });
}

function noStore(body: Record<string, unknown>): Answer {
  return { status: 200, headers: { 'Cache-Control': 'no-store' }, body };
}

/** The legacy server also says where the API is. */
function legacyFields({ host }: RouteRequest): Record<string, unknown> {
  return {
    resource_server_base_uri: `http://${host}/incontactapi/`,
    refresh_token_server_uri: `http://${host}/incontactauthorizationserver/token`,
    scope: 'AgentApi',
  };
}

type Fields = Readonly<Record<string, string | undefined>>;

/** The fields of a token request, JSON or form, by its look: the SDK sends forms that call themselves JSON. */
function fieldsOf(text: string): Fields {
  if (!text.trimStart().startsWith('{')) return Object.fromEntries(new URLSearchParams(text));
  try {
    const fields = Object.entries(JSON.parse(text) as Record<string, unknown>);
    return Object.fromEntries(fields.filter((field): field is [string, string] => typeof field[1] === 'string'));
  } catch {
    return {};
  }
}
