import {
  GrantError,
  identityOf,
  RefreshLineage,
  refusedGrant,
  shadow,
  type AccessToken,
  type Grant,
  type GrantInput,
  type TokenOptions,
} from '@holdline/core';
import { loginUrl, type ApiClientLike } from './api-client.js';
import { currentToken } from './stored-token.js';

type Login = NonNullable<ApiClientLike['loginClientCredentialsGrant']>;

// The SDK keeps neither id nor secret of a client credentials login, so whoever guards it first must remember.
const savedLogins = new WeakMap<ApiClientLike, { clientId: string; identity: string; login: () => Promise<unknown> }>();

const lineages = new WeakMap<ApiClientLike, RefreshLineage>();

function lineageOf(client: ApiClientLike): RefreshLineage {
  let lineage = lineages.get(client);
  if (!lineage) lineages.set(client, (lineage = new RefreshLineage()));
  return lineage;
}

/** The client is about to be given a refresh token that another process got for the one it has: its user is the same. */
export function followRefreshToken(client: ApiClientLike, refreshToken: string | undefined): void {
  lineageOf(client).replaced(client.authData.refreshToken, refreshToken);
}

/** Whose token the SDK has, as far as it can renew it. */
function readIdentity(client: ApiClientLike): string | undefined {
  const login = findLogin(client);
  if (login) return login.identity;
  const { clientId, clientSecret, authData } = client;
  const { refreshToken } = authData;
  if (!clientId || !clientSecret || !refreshToken) return undefined;
  return lineageOf(client).identity(refreshToken, loginUrl(client), clientId, clientSecret);
}

/** Remembers how the client logs in by client credentials from now on. The secret stays in a closure. */
export function rememberLogin(client: ApiClientLike): () => void {
  const { loginClientCredentialsGrant } = client;
  if (typeof loginClientCredentialsGrant !== 'function') return () => undefined;
  const restore = shadow(client, 'loginClientCredentialsGrant', (original) => {
    const login = original as Login;
    return function (clientId: string, clientSecret: string) {
      const identity = identityOf('client credentials', loginUrl(client), clientId, clientSecret);
      savedLogins.set(client, { clientId, identity, login: () => login.call(client, clientId, clientSecret) });
      return login.call(client, clientId, clientSecret);
    };
  });
  return () => {
    savedLogins.delete(client);
    restore();
  };
}

/** Token options that use whatever the SDK already has: its client credentials, or its refresh token. */
export function sdkTokenOptions(clientOf: () => ApiClientLike | undefined): TokenOptions & { grant: Grant } {
  return {
    current: () => {
      const client = clientOf();
      return client && currentToken(client);
    },
    grant: Object.assign(grant, {
      identity: () => {
        const client = clientOf();
        return client && readIdentity(client);
      },
    }),
  };

  async function grant(input?: GrantInput): Promise<AccessToken | undefined> {
    const client = clientOf();
    if (!client) return undefined;
    const login = findLogin(client)?.login ?? makeRefresh(client, input?.refreshToken);
    if (!login) return undefined;
    try {
      await login();
    } catch (error) {
      throw toGrantError(error);
    }
    const { refreshToken } = client.authData;
    const token = currentToken(client);
    return token && { ...token, refreshToken };
  }
}

/** The client credentials login, unless another OAuth client has logged in since: its users are not ours to replace. */
function findLogin(client: ApiClientLike): { identity: string; login: () => Promise<unknown> } | undefined {
  const known = savedLogins.get(client);
  return known?.clientId === client.clientId ? known : undefined;
}

function makeRefresh(client: ApiClientLike, newest: string | undefined): (() => Promise<unknown>) | undefined {
  const { clientId, clientSecret, authData, refreshCodeAuthorizationGrant: refresh } = client;
  const { refreshToken = newest } = authData;
  if (!clientId || !clientSecret || !refreshToken || !refresh) return undefined;
  return async () => {
    const used = newest ?? refreshToken;
    await refresh.call(client, clientId, clientSecret, used);
    // The SDK stores what comes back even where nothing does, and could never refresh again.
    client.authData.refreshToken ??= used;
    lineageOf(client).replaced(refreshToken, client.authData.refreshToken);
  };
}

/** The SDK's login error is a raw axios error that carries the secret in its headers. */
function toGrantError(error: unknown): GrantError {
  const { response } = (error ?? {}) as {
    response?: { status?: number; data?: object; headers?: Record<string, string> };
  };
  if (typeof response?.status !== 'number')
    return new GrantError('the login host cannot be reached', { retryable: true });
  return refusedGrant(response.status, response.data ?? {}, (name) => response.headers?.[name]);
}
