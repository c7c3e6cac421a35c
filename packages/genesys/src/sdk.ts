import type { AxiosLike } from '@holdline/axios';
import { patchMethod } from '@holdline/core';

/** What this package uses of an `ApiClient` of purecloud-platform-client-v2, so that any copy of it fits. */
export interface ApiClientLike {
  getHttpClient(): HttpClientLike;
  callApi(...args: never[]): Promise<unknown>;
  setAccessToken(token: string): void;
  config: {
    basePath?: string;
    environment?: string;
    authUrl?: string;
    refresh_access_token?: boolean;
    getConfUrl?(kind: 'api' | 'login', regionUrl: string): string;
  };
  authentications: Record<string, { accessToken?: string }>;
  authData: { accessToken?: string; refreshToken?: string; tokenExpiryTime?: number; tokenExpiryTimeString?: string };
  clientId?: string;
  clientSecret?: string;
  loginClientCredentialsGrant?(clientId: string, clientSecret: string): Promise<unknown>;
  refreshCodeAuthorizationGrant?(clientId: string, clientSecret: string, refreshToken: string): Promise<unknown>;
}

/** The class itself: guarding it guards all its clients, present and future. */
export interface ApiClientClassLike {
  prototype: ApiClientLike;
  instance?: ApiClientLike;
}

/** An `AbstractHttpClient`: the SDK's own, around axios, or the user's. */
export interface HttpClientLike {
  request(options: HttpRequest): Promise<unknown>;
  _axiosInstance?: AxiosLike;
}

/** The SDK's `HttpRequestOptions`. */
export interface HttpRequest {
  url: string;
  method: string;
  headers?: Record<string, string>;
  data?: unknown;
}

const OAUTH = 'PureCloud OAuth';

/** The access token the SDK would send now, with what is left of its life. */
export function currentToken(client: ApiClientLike): { accessToken: string; expiresInMs?: number } | undefined {
  const accessToken = client.authentications[OAUTH]?.accessToken;
  if (!accessToken) return undefined;
  const { accessToken: stored, tokenExpiryTime } = client.authData;
  // The SDK keeps the expiry of the last login even when the user sets another token by hand.
  const known =
    stored === accessToken && typeof tokenExpiryTime === 'number' && tokenExpiryTime !== leftOver.get(client);
  return known ? { accessToken, expiresInMs: Math.max(0, tokenExpiryTime - Date.now()) } : { accessToken };
}

// What `tokenExpiryTime` was when the present token was set. As long as it is still that, it tells of the token before.
const leftOver = new WeakMap<ApiClientLike, number | undefined>();

/** Notices from now on which tokens are set without saying when they expire. */
export function watchExpiry(client: ApiClientLike): () => void {
  const restore = patchMethod(
    client,
    'setAccessToken',
    (original) =>
      function (token) {
        leftOver.set(client, client.authData.tokenExpiryTime);
        original.call(client, token);
      },
  );
  return () => {
    leftOver.delete(client);
    restore();
  };
}

/** Writes a token to where the SDK keeps its own. */
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

/** The base URL of the API, gateway included. */
export function apiUrl(client: ApiClientLike): string {
  const { config } = client;
  const basePath = config.basePath ?? 'https://api.mypurecloud.com';
  return config.getConfUrl?.('api', basePath) ?? basePath;
}

/** The base URL of the login host, gateway included. */
export function loginUrl(client: ApiClientLike): string {
  const { config } = client;
  const regionUrl = `https://login.${config.environment ?? 'mypurecloud.com'}`;
  return config.getConfUrl?.('login', regionUrl) ?? regionUrl;
}
