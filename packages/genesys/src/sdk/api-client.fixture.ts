import type { ApiClientLike } from './api-client.js';

/** An `ApiClient` with the parts of its token. */
export function clientWith(parts: Partial<ApiClientLike> = {}): ApiClientLike {
  const client = {
    config: {},
    authentications: { 'PureCloud OAuth': {} },
    authData: {},
    // As the SDK does it: both places, and never the expiry.
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
