import { GrantError } from '@holdline/core';
import { apiUrl, type ApiClientLike } from './api-client.js';

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
  revoking.add(client);
  try {
    const url = apiUrl(client) + PATH;
    const headers = { Authorization: `Bearer ${accessToken}` };
    const { status } = (await client.getHttpClient().request({ url, method: 'DELETE', headers })) as {
      status?: number;
    };
    checkRevoked(status ?? 200);
  } catch (error) {
    checkRevoked((error as { response?: { status?: number } } | null)?.response?.status);
  } finally {
    revoking.delete(client);
  }
  delete client.authData.refreshToken;
  // The SDK also deletes its persisted copy.
  client.setAccessToken(undefined);
}

function checkRevoked(status: number | undefined): void {
  if (status === undefined) throw new GrantError('the platform cannot be reached', { retryable: true });
  if (status !== 401 && (status < 200 || status >= 300))
    throw new GrantError(`the platform answered ${status} to the revocation`, { retryable: false });
}
