import { ConfigError, pathOf } from '@holdline/core';

/** The members of a `Client` of genesys-cloud-streaming-client that this package uses. Any copy fits. */
export interface StreamingClientLike {
  config: {
    host: string;
    apiHost: string;
    authToken?: string | undefined;
    jwt?: string | undefined;
    channelId?: string | null;
  };
  http: HttpLike;
  connectionManager: { getNewStanzaConnection(): Promise<StanzaLike> };
  connecting: boolean;
  connect(options?: object): Promise<unknown>;
  disconnect(): Promise<unknown>;
  setAccessToken(token: string): void;
  /** Decides after a failed attempt whether the client connects again. */
  backoffConnectRetryHandler?(options: object, error: unknown, attempt: number): Promise<boolean>;
}

/** The members of a `GenesysCloudWebrtcSdk` that this package uses. */
export interface WebrtcSdkLike {
  _config: { accessToken?: string | undefined; environment: string };
  _http: HttpLike;
  _streamingConnection: StreamingClientLike | null;
  disconnect(): Promise<unknown>;
  setAccessToken(token: string): void;
}

/** One session of the streaming client. */
export interface StanzaLike {
  on(event: 'disconnected', listener: () => void): void;
  disconnect(): unknown;
  /** Transport of the stanza library. */
  transport?: { socket?: StreamSocket | undefined } | undefined;
}

/** The socket of a session. Only that of `ws` can be terminated without an answer of the platform. */
export interface StreamSocket {
  readonly readyState: number;
  addEventListener(event: 'close', listener: () => void): void;
  terminate?(): void;
}

/** The HTTP client of both SDKs. */
export interface HttpLike {
  requestApi(path: string, options: RequestOptions): Promise<unknown>;
  requestApiWithRetry(path: string, options: RequestOptions, ...rest: never[]): unknown;
}

/** Options of an HTTP request. */
export interface RequestOptions {
  method: string;
  host: string;
  version?: string;
  data?: unknown;
  authToken?: string;
  noAuthHeader?: boolean;
  contentType?: string;
  responseType?: string;
  customHeaders?: Record<string, string>;
}

/** Base URL of the API. The SDK accepts a domain such as `mypurecloud.com`, or a URL with scheme. */
export function apiUrl(host: string): string {
  return host.startsWith('http') ? host : `https://api.${host}`;
}

/** URL of a request, as the SDK makes it. */
export function requestUrl(path: string, { host, version = 'v2' }: RequestOptions): string {
  return `${apiUrl(host)}/api/${version}/${path.replace(/^\/+|\/+$/g, '')}`;
}

/** Splits the URL of a request into what the SDK makes it of. */
export function splitApiUrl(url: string): { host?: string; version?: string; path?: string } {
  const [, host, version, path] = /^(https?:\/\/[^/]+)\/api\/([^/]+)\/(.*)$/.exec(url) ?? [];
  if (host === undefined || version === undefined || path === undefined)
    throw new ConfigError(`the SDK makes only requests to /api/ of a host, got ${pathOf(url)}`);
  return { host, version, path };
}

/** URL of the next session. With a JWT it contains the token. */
export function streamUrl({ config: { host, jwt, channelId } }: StreamingClientLike): string {
  return `${host.replace(/\/$/, '')}/stream/${jwt ? `jwt/${jwt}` : `channels/${channelId}`}`;
}
