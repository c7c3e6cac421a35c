import { isReplayable } from '@holdline/core';
import { isNamed, pairsOf } from './headers.js';
import { letGo } from './release-body.js';
import type { NativeFetch, NativeInit, NativeResponse } from './types.js';

/** As the fetch standard has it. */
const MOST_REDIRECTS = 20;
const REDIRECTS = [301, 302, 303, 307, 308];
/** What may not go to another origin, and what goes with a body. */
const CREDENTIALS = ['authorization', 'proxy-authorization', 'cookie', 'host'];
const ABOUT_THE_BODY = ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length'];

/**
 * Whether a fetch function leaves Authorization behind when it is redirected to another origin. Browsers do, whatever is around
 * their fetch, and so does Node's own. Of others nobody knows: node-fetch takes it along to subdomains and other ports.
 */
export function keepsToken(native: object): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return !process?.versions?.node || Function.prototype.toString.call(native).includes('internal/deps/undici');
}

/** Whether an answer leads elsewhere. */
export function leadsOn({ status, headers }: NativeResponse): boolean {
  return REDIRECTS.includes(status) && headers.get('location') !== null;
}

/** Goes where `first` leads, as the fetch standard has it. It was sent with `redirect: 'manual'`. */
export async function follow(
  native: NativeFetch,
  first: NativeResponse,
  from: string,
  init: NativeInit,
): Promise<NativeResponse> {
  let response = first;
  let url = new URL(from);
  const next: NativeInit & { headers: unknown[][] } = { ...init, headers: pairsOf(init.headers ?? []) };
  const drop = (names: string[]): void => {
    next.headers = next.headers.filter(([key]) => !names.some((name) => isNamed(key, name)));
  };
  for (let redirects = 0; leadsOn(response); redirects++) {
    const { status, headers } = response;
    const to = new URL(headers.get('location') ?? '', url);
    letGo(response);
    if (redirects === MOST_REDIRECTS) throw failure('redirect count exceeded');
    if (!/^https?:$/.test(to.protocol)) throw failure('URL scheme must be a HTTP(S) scheme');
    if (to.origin !== url.origin) drop(CREDENTIALS);
    const method = String(next.method ?? 'GET').toUpperCase();
    if (status === 303 ? method !== 'GET' && method !== 'HEAD' : status < 303 && method === 'POST') {
      next.method = 'GET';
      delete next.body;
      drop(ABOUT_THE_BODY);
    } else if (!isReplayable(next.body)) throw failure('the body cannot be sent again');
    url = to;
    response = await native(url.href, next);
  }
  return Object.defineProperty(response, 'redirected', { value: true, configurable: true });
}

function failure(message: string): TypeError {
  return new TypeError('fetch failed', { cause: new Error(message) });
}
