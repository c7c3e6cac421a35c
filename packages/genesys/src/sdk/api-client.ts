import type { AxiosLike } from '@holdline/axios';
import { originOf, pathOf } from '@holdline/core';

/** The members of an `ApiClient` of purecloud-platform-client-v2 that this package uses. Any copy of the SDK fits. */
export interface ApiClientLike {
  getHttpClient(): HttpClientLike;
  callApi(...args: never[]): Promise<unknown>;
  setAccessToken(token: string | undefined): void;
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

/** The class `ApiClient`. */
export interface ApiClientClassLike {
  prototype: ApiClientLike;
  instance?: ApiClientLike;
}

/** An `AbstractHttpClient`: the SDK's own, which uses axios, or the user's. */
export interface HttpClientLike {
  request(options: HttpRequest): Promise<unknown>;
  _axiosInstance?: AxiosLike;
  /** Adds the agent of the SDK to the configuration of axios. */
  toAxiosConfig?(options: HttpRequest): object;
}

/** `HttpRequestOptions` of the SDK. */
export interface HttpRequest {
  url: string;
  method: string;
  headers?: Record<string, string>;
  params?: object | undefined;
  data?: unknown;
}

/** The base URL of the API, with the gateway. */
export function apiUrl(client: ApiClientLike): string {
  const { config } = client;
  const basePath = config.basePath ?? 'https://api.mypurecloud.com';
  return config.getConfUrl?.('api', basePath) ?? basePath;
}

/** The base URL of the login host, with the gateway. */
export function loginUrl(client: ApiClientLike): string {
  const { config } = client;
  const regionUrl = `https://login.${config.environment ?? 'mypurecloud.com'}`;
  return config.getConfUrl?.('login', regionUrl) ?? regionUrl;
}

/** Whether a request of the SDK is a login. */
export function isLogin(client: ApiClientLike, url: string): boolean {
  return pathOf(url).endsWith('/oauth/token') && originOf(url) === originOf(loginUrl(client));
}
