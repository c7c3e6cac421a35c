import { isReplayable } from '@holdline/core';
import { matchesName, listPairs } from './headers.js';
import { releaseBody } from './release-body.js';
import type { NativeFetch, NativeInit, NativeResponse } from './types.js';

/** Limit of the fetch standard. */
const MAX_REDIRECTS = 20;
const REDIRECT_STATUSES = [301, 302, 303, 307, 308];
/** Headers that must not go to another origin, and headers that describe the body. */
const CREDENTIAL_HEADERS = ['authorization', 'proxy-authorization', 'cookie', 'host'];
const BODY_HEADERS = ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length'];

/**
 * Tells whether a fetch function removes Authorization on a redirect to another origin. The fetch of browsers, even wrapped, and
 * the fetch of Node do. For other functions this is unknown: node-fetch sends it to subdomains and other ports.
 */
export function stripsToken(native: object): boolean {
  return !canFollowRedirects() || Function.prototype.toString.call(native).includes('internal/deps/undici');
}

/** Tells whether a response is a redirect. */
export function isRedirect({ status, headers }: NativeResponse): boolean {
  return REDIRECT_STATUSES.includes(status) && headers.get('location') !== null;
}

/** Tells whether this process can follow redirects itself. Browsers hide the target of a redirect. */
export function canFollowRedirects(): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node !== undefined;
}

/**
 * Follows the redirect in `first` by the rules of the fetch standard. `first` is the response to a `redirect: 'manual'` request.
 *
 * @param onGet - Called when a redirect turns the request into a GET.
 */
export async function followRedirects(
  native: NativeFetch,
  first: NativeResponse,
  from: string,
  init: NativeInit,
  onGet: () => void,
): Promise<NativeResponse> {
  let response = first;
  let url = new URL(from);
  const nextInit: NativeInit & { headers: unknown[][] } = { ...init, headers: listPairs(init.headers ?? []) };
  const removeHeaders = (names: string[]): void => {
    nextInit.headers = nextInit.headers.filter(([key]) => !names.some((name) => matchesName(key, name)));
  };
  for (let redirects = 0; isRedirect(response); redirects++) {
    const { status, headers } = response;
    const to = new URL(headers.get('location') ?? '', url);
    releaseBody(response);
    if (redirects === MAX_REDIRECTS) throw createFetchError('redirect count exceeded');
    if (!/^https?:$/.test(to.protocol)) throw createFetchError('URL scheme must be a HTTP(S) scheme');
    if (to.origin !== url.origin) removeHeaders(CREDENTIAL_HEADERS);
    const method = String(nextInit.method ?? 'GET').toUpperCase();
    if (status === 303 ? method !== 'GET' && method !== 'HEAD' : status < 303 && method === 'POST') {
      nextInit.method = 'GET';
      onGet();
      delete nextInit.body;
      removeHeaders(BODY_HEADERS);
    } else if (!isReplayable(nextInit.body)) throw createFetchError('the body cannot be sent again');
    url = to;
    response = await native(url.href, nextInit);
  }
  return Object.defineProperty(response, 'redirected', { value: true, configurable: true });
}

function createFetchError(message: string): TypeError {
  return new TypeError('fetch failed', { cause: new Error(message) });
}
