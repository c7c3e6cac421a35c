import { GrantError, refusedGrant, shadow, type Grant, type TokenOptions } from '@holdline/core';
import { currentToken, type ApiClientLike } from './sdk.js';

type Login = NonNullable<ApiClientLike['loginClientCredentialsGrant']>;

// The SDK keeps neither id nor secret of a client credentials login, so whoever guards it first must remember.
const remembered = new WeakMap<ApiClientLike, { clientId: string; login: () => Promise<unknown> }>();

/** Remembers how the client logs in by client credentials from now on. The secret stays in a closure. */
export function rememberLogin(client: ApiClientLike): () => void {
  const { loginClientCredentialsGrant } = client;
  if (typeof loginClientCredentialsGrant !== 'function') return () => undefined;
  const restore = shadow(client, 'loginClientCredentialsGrant', (original) => {
    const login = original as Login;
    return function (clientId: string, clientSecret: string) {
      remembered.set(client, { clientId, login: () => login.call(client, clientId, clientSecret) });
      return login.call(client, clientId, clientSecret);
    };
  });
  return () => {
    remembered.delete(client);
    restore();
  };
}

/** Token options that use whatever the SDK already has: its client credentials, or its refresh token. */
export function sdkToken(clientOf: () => ApiClientLike | undefined): TokenOptions & { grant: Grant } {
  return {
    current: () => {
      const client = clientOf();
      return client && currentToken(client);
    },
    grant: async () => {
      const client = clientOf();
      if (!client) return undefined;
      const login = loginOf(client) ?? refreshOf(client);
      if (!login) return undefined;
      try {
        await login();
      } catch (error) {
        throw grantError(error);
      }
      const { refreshToken } = client.authData;
      const token = currentToken(client);
      return token && { ...token, refreshToken };
    },
  };
}

/** The client credentials login, unless another OAuth client has logged in since: its users are not ours to replace. */
function loginOf(client: ApiClientLike): (() => Promise<unknown>) | undefined {
  const known = remembered.get(client);
  return known?.clientId === client.clientId ? known?.login : undefined;
}

function refreshOf(client: ApiClientLike): (() => Promise<unknown>) | undefined {
  const { clientId, clientSecret, authData, refreshCodeAuthorizationGrant: refresh } = client;
  const { refreshToken } = authData;
  if (!clientId || !clientSecret || !refreshToken || !refresh) return undefined;
  return async () => {
    await refresh.call(client, clientId, clientSecret, refreshToken);
    // The SDK stores what comes back even where nothing does, and could never refresh again.
    client.authData.refreshToken ??= refreshToken;
  };
}

/** The SDK's login error is a raw axios error that carries the secret in its headers. */
function grantError(error: unknown): GrantError {
  const { response } = (error ?? {}) as {
    response?: { status?: number; data?: object; headers?: Record<string, string> };
  };
  if (typeof response?.status !== 'number')
    return new GrantError('the login host cannot be reached', { retryable: true });
  return refusedGrant(response.status, response.data ?? {}, (name) => response.headers?.[name]);
}
