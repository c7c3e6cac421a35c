import type { ApiClientLike } from './api-client.js';

/** An `ApiClient` that stores tokens as the SDK does. */
export function clientWith(parts: Partial<ApiClientLike> = {}): ApiClientLike {
  const client = {
    config: {},
    authentications: { 'PureCloud OAuth': {} },
    authData: {},
    // The SDK writes both places and leaves the expiry.
    setAccessToken(token: string) {
      client.authData.accessToken = token;
      (client.authentications['PureCloud OAuth'] as { accessToken?: string }).accessToken = token;
    },
    getHttpClient: () => ({ request: () => Promise.resolve() }),
    callApi: () => Promise.resolve(),
    ...parts,
  } as ApiClientLike;
  return client;
}
