import type { AxiosLike } from '@holdline/axios';

/**
 * A request as the SDK gives it to its request client, as far as this package uses it.
 * @public
 */
export interface TwilioRequestOptions {
  method: string;
  uri: string;
  username?: string | undefined;
  password?: string | undefined;
  authStrategy?: AuthStrategyLike | undefined;
  headers?: Record<string, unknown> | undefined;
  params?: object | undefined;
  data?: unknown;
  allowRedirects?: boolean | undefined;
  /**
   * For a request client of the user: aborts when the attempt must end. The SDK itself gives none.
   * @defaultValue none
   */
  signal?: AbortSignal | undefined;
}

/**
 * A way to authenticate a request, such as the SDK's bearer tokens.
 * @public
 */
export interface AuthStrategyLike {
  getAuthString(): Promise<string>;
}

/**
 * What a request client resolves with. The SDK throws above it.
 * @public
 */
export interface TwilioResponse {
  statusCode: number;
  body: unknown;
  headers?: unknown;
}

/**
 * A request client: that of the SDK, or one that the user gave as `httpClient`.
 * @public
 */
export interface RequestClientLike {
  request(options: TwilioRequestOptions): Promise<TwilioResponse>;
}

/**
 * A client of the `twilio` package, as far as this package uses it. Every copy and every version from 5 fits.
 * @public
 */
export interface TwilioLike {
  readonly httpClient: object;
  request(options: never): unknown;
  accountSid?: string | undefined;
  username?: string | undefined;
  credentialProvider?: object | undefined;
}

/** The fields of a request for axios that this package sets. */
export interface AxiosAttempt {
  headers?: unknown;
  [option: string]: unknown;
}

/** The SDK's own request client. Its `request` calls its axios instance once. */
export interface SdkRequestClient extends RequestClientLike {
  axios: ((options: AxiosAttempt) => Promise<unknown>) & Pick<AxiosLike, 'defaults'>;
  defaultTimeout: number;
  lastRequest?: unknown;
  lastResponse?: unknown;
}
