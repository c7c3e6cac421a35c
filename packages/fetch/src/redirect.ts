import { isReplayable } from '@holdline/core';
import { matchesName, listPairs } from './headers.js';
import { releaseBody } from './release-body.js';
import type { NativeFetch, NativeInit, NativeResponse } from './types.js';

/** As the fetch standard has it. */
const MAX_REDIRECTS = 20;
const REDIRECT_STATUSES = [301, 302, 303, 307, 308];
/** What may not go to another origin, and what goes with a body. */
const CREDENTIAL_HEADERS = ['authorization', 'proxy-authorization', 'cookie', 'host'];
const BODY_HEADERS = ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length'];

/**
 * Whether a fetch function leaves Authorization behind when it is redirected to another origin. Browsers do, whatever is around
 * their fetch, and so does Node's own. Of others nobody knows: node-fetch takes it along to subdomains and other ports.
 */
export function stripsAuthorization(native: object): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return !process?.versions?.node || Function.prototype.toString.call(native).includes('internal/deps/undici');
}

/** Whether an answer leads elsewhere. */
export function isRedirect({ status, headers }: NativeResponse): boolean {
  return REDIRECT_STATUSES.includes(status) && headers.get('location') !== null;
}

/** Goes where `first` leads, as the fetch standard has it. It was sent with `redirect: 'manual'`. */
export async function followRedirects(
  native: NativeFetch,
  first: NativeResponse,
  from: string,
  init: NativeInit,
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
