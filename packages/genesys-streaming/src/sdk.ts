/** What this package uses of a `Client` of genesys-cloud-streaming-client, so that any copy of it fits. */
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
  /** Asked after each attempt at a connection whether there is to be another one. */
  backoffConnectRetryHandler?(options: object, error: unknown, attempt: number): Promise<boolean>;
}

/** What this package uses of a `GenesysCloudWebrtcSdk`. */
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
  /** That of stanza. */
  transport?: { socket?: StreamSocket | undefined } | undefined;
}

/** The socket of a session: that of the runtime, or of `ws`, which alone can be ended without the other side. */
export interface StreamSocket {
  readonly readyState: number;
  addEventListener(event: 'close', listener: () => void): void;
  terminate?(): void;
}

/** The HTTP client both bring. */
export interface HttpLike {
  requestApi(path: string, options: RequestOptions): Promise<unknown>;
  requestApiWithRetry(path: string, options: RequestOptions, ...rest: never[]): unknown;
}

/** Options of a request. */
export interface RequestOptions {
  method: string;
  host: string;
  version?: string;
  data?: unknown;
  authToken?: string;
  noAuthHeader?: boolean;
  contentType?: string;
  customHeaders?: Record<string, string>;
}

/** Base URL of the API: the SDK takes `mypurecloud.com`, and `http://…` as it is. */
export function apiUrl(host: string): string {
  return host.startsWith('http') ? host : `https://api.${host}`;
}

/** As the SDK makes it. */
export function requestUrl(path: string, { host, version = 'v2' }: RequestOptions): string {
  return `${apiUrl(host)}/api/${version}/${path.replace(/^\/+|\/+$/g, '')}`;
}

/** Where the next session is opened. It holds the token where that is a JWT. */
export function streamUrl({ config: { host, jwt, channelId } }: StreamingClientLike): string {
  return `${host.replace(/\/$/, '')}/stream/${jwt ? `jwt/${jwt}` : `channels/${channelId}`}`;
}
