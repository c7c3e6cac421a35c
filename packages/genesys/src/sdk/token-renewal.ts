import {
  GrantError,
  identityOf,
  refreshLineageOf,
  refusedGrant,
  patchMethod,
  type AccessToken,
  type Grant,
  type GrantInput,
  type TokenOptions,
} from '@holdline/core';
import { loginUrl, type ApiClientLike } from './api-client.js';
import { revokeBySdk } from './revocation.js';
import { currentToken } from './stored-token.js';

type Login = NonNullable<ApiClientLike['loginClientCredentialsGrant']>;

// The SDK stores neither id nor secret of a client credentials login.
const savedLogins = new WeakMap<ApiClientLike, { clientId: string; identity: string; login: () => Promise<unknown> }>();

/** Records that a new refresh token, also one of another process, replaces the token of the client. The user stays the same. */
export function followRefreshToken(client: ApiClientLike, refreshToken: string | undefined): void {
  refreshLineageOf(client).replaced(client.authData.refreshToken, refreshToken);
}

/** The identity of the credential that renews the token. Undefined: the SDK cannot renew the token. */
function readIdentity(client: ApiClientLike): string | undefined {
  const login = findLogin(client);
  if (login) return login.identity;
  const { clientId, clientSecret, authData } = client;
  const { refreshToken } = authData;
  if (!clientId || !clientSecret || !refreshToken) return undefined;
  return refreshLineageOf(client).identity(refreshToken, loginUrl(client), clientId, clientSecret);
}

/** Saves each client credentials login from now on. The secret stays in a closure. */
export function rememberLogin(client: ApiClientLike): () => void {
  const { loginClientCredentialsGrant } = client;
  if (typeof loginClientCredentialsGrant !== 'function') return () => undefined;
  const restore = patchMethod(client, 'loginClientCredentialsGrant', (original) => {
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

/** Token options that read the SDK's token and renew it by its client credentials or its refresh token. */
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
      revoke: async (accessToken: string) => {
        const client = clientOf();
        if (client) await revokeBySdk(client, accessToken);
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

/** The saved login, unless another OAuth client has logged in since. A renewal must not replace that user. */
function findLogin(client: ApiClientLike): { identity: string; login: () => Promise<unknown> } | undefined {
  const saved = savedLogins.get(client);
  return saved?.clientId === client.clientId ? saved : undefined;
}

function makeRefresh(client: ApiClientLike, newest: string | undefined): (() => Promise<unknown>) | undefined {
  const { clientId, clientSecret, authData, refreshCodeAuthorizationGrant: refresh } = client;
  const { refreshToken = newest } = authData;
  if (!clientId || !clientSecret || !refreshToken || !refresh) return undefined;
  return async () => {
    const used = newest ?? refreshToken;
    await refresh.call(client, clientId, clientSecret, used);
    // Without a new refresh token the SDK stores undefined, and could not refresh again.
    client.authData.refreshToken ??= used;
    refreshLineageOf(client).replaced(refreshToken, client.authData.refreshToken);
  };
}

/** An error without the secret: the SDK rejects with the axios error, whose request headers contain it. */
function toGrantError(error: unknown): GrantError {
  const { response } = (error ?? {}) as {
    response?: { status?: number; data?: object; headers?: Record<string, string> };
  };
  if (typeof response?.status !== 'number')
    return new GrantError('the login host cannot be reached', { retryable: true });
  return refusedGrant(response.status, response.data ?? {}, (name) => response.headers?.[name]);
}
