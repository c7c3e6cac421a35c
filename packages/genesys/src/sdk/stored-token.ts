import { patchMethod } from '@holdline/core';
import type { ApiClientLike } from './api-client.js';

const OAUTH = 'PureCloud OAuth';

/** The access token that the SDK sends now, with its remaining lifetime. */
export function currentToken(client: ApiClientLike): { accessToken: string; expiresInMs?: number } | undefined {
  const accessToken = client.authentications[OAUTH]?.accessToken;
  if (!accessToken) return undefined;
  const { accessToken: stored, tokenExpiryTime } = client.authData;
  // The SDK keeps the expiry of the last login when the user sets another token.
  const known =
    stored === accessToken && typeof tokenExpiryTime === 'number' && tokenExpiryTime !== staleExpiries.get(client);
  return known ? { accessToken, expiresInMs: Math.max(0, tokenExpiryTime - Date.now()) } : { accessToken };
}

// The `tokenExpiryTime` at the time the current token was set. An unchanged value belongs to the token before.
const staleExpiries = new WeakMap<ApiClientLike, number | undefined>();

/** Recognises tokens that are set without an expiry from now on. */
export function watchExpiry(client: ApiClientLike): () => void {
  const restore = patchMethod(
    client,
    'setAccessToken',
    (original) =>
      function (token) {
        staleExpiries.set(client, client.authData.tokenExpiryTime);
        original.call(client, token);
      },
  );
  return () => {
    staleExpiries.delete(client);
    restore();
  };
}

/** Stores a token in the SDK. */
export function writeToken(
  client: ApiClientLike,
  token: { accessToken: string; expiresInMs?: number | undefined; refreshToken?: string | undefined },
): void {
  if (client.authentications[OAUTH]?.accessToken !== token.accessToken) client.setAccessToken(token.accessToken);
  if (token.refreshToken !== undefined) client.authData.refreshToken = token.refreshToken;
  if (token.expiresInMs === undefined) return;
  client.authData.tokenExpiryTime = Date.now() + token.expiresInMs;
  client.authData.tokenExpiryTimeString = new Date(client.authData.tokenExpiryTime).toUTCString();
}
