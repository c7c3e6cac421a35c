import { GrantError, readSafely } from '@holdline/core';
import { apiUrl, type ApiClientLike, type HttpClientLike, type HttpRequest } from './api-client.js';

const PATH = '/api/v2/tokens/me';

/** Revokes an access token at the API. A token that is invalid already counts as revoked. */
export async function revokeToken(
  baseUrl: string,
  accessToken: string,
  signal: AbortSignal,
  send: typeof fetch = globalThis.fetch,
): Promise<void> {
  const { status, body } = await send(baseUrl.replace(/\/+$/, '') + PATH, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${accessToken}` },
    redirect: 'error',
    // A page may be left right after the logout.
    keepalive: true,
    signal,
  });
  body?.cancel().catch(() => undefined);
  checkRevoked(status);
}

const revoking = new WeakSet<ApiClientLike>();

/** Whether a request of the SDK revokes the token of its closed line. */
export function isRevocation(client: ApiClientLike, url: string): boolean {
  return revoking.has(client) && url === apiUrl(client) + PATH;
}

/** Revokes an access token through the HTTP client of the SDK, with its proxy and its gateway. Then removes the token from the SDK. */
export async function revokeBySdk(client: ApiClientLike, accessToken: string): Promise<void> {
  const headers = { Authorization: `Bearer ${accessToken}` };
  const options = { url: apiUrl(client) + PATH, method: 'DELETE', headers };
  revoking.add(client);
  try {
    checkRevoked(readStatus(await request(client.getHttpClient(), options).catch((error: unknown) => error)));
  } finally {
    revoking.delete(client);
  }
  delete client.authData.refreshToken;
  // The SDK also deletes its persisted copy.
  client.setAccessToken(undefined);
}

/** Sends a request without `callApi`, which hides the status of a refusal. */
function request(http: HttpClientLike, options: HttpRequest): Promise<unknown> {
  const { _axiosInstance: axios } = http;
  return axios ? axios.request((http.toAxiosConfig?.(options) ?? options) as never) : http.request(options);
}

/** Reads the status of a response, or of the response in an error. */
function readStatus(result: unknown): number | undefined {
  const status = readSafely(readSafely(result, 'response') ?? result, 'status');
  return typeof status === 'number' ? status : undefined;
}

function checkRevoked(status: number | undefined): void {
  if (status === undefined) throw new GrantError('the platform cannot be reached', { retryable: true });
  if (status !== 401 && (status < 200 || status >= 300))
    throw new GrantError(`the platform answered ${status} to the revocation`, { retryable: false });
}
