/** A URL without query, fragment and credentials, which may be secret. */
export function stripQuery(url: string): string {
  return url.replace(/[?#].*$/s, '').replace(/^([a-z][a-z\d+.-]*:\/\/)[^/@]*@/i, '$1');
}

/** Start and end of the authority of a URL; 0 and 0 if it has none. */
function authorityOf(url: string): { start: number; end: number } {
  // The scheme is at the start, so a `://` in a query does not count.
  const start = /^(?:[a-z][a-z\d+.-]*:)?[/\\]{2}/i.exec(url)?.[0].length ?? 0;
  if (start === 0) return { start, end: 0 };
  const length = url.slice(start).search(/[/\\?#]/);
  return { start, end: length < 0 ? url.length : start + length };
}

/** Path and query of a URL, without the fragment. */
export function targetOf(url: string): string {
  const { end } = authorityOf(url);
  const fragment = url.indexOf('#', end);
  const target = fragment < 0 ? url.slice(end) : url.slice(end, fragment);
  return end > 0 && !/^[/\\]/.test(target) ? `/${target}` : target;
}

/**
 * The path of an absolute or relative URL, without query and fragment. It makes no URL object.
 * @public
 */
export function pathOf(url: string): string {
  const target = targetOf(url);
  const query = target.indexOf('?');
  return (query < 0 ? target : target.slice(0, query)) || '/';
}

// A host in canonical form: no user, no escapes, addresses and ports in their usual spelling.
const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const PLAIN = new RegExp(
  `^(https?|wss?)://(?![^/?#]*xn--)((?:(?:[a-z\\d-]+\\.)*[a-z][a-z\\d-]*|(?:${BYTE}\\.){3}${BYTE})(?::[1-9]\\d{0,3}|:[1-5]\\d{4})?)(?=[/?#]|$)`,
  'i',
);
const SPECIAL = /^(?:https?|wss?|ftp):$/;

/**
 * The origin of an absolute URL as `new URL` reads it, or '' for a relative or malformed URL. The origin decides which requests get a
 * token, so `new URL` itself parses every URL that is not in canonical form.
 * @public
 */
export function originOf(url: string): string {
  // A URL without a colon is relative.
  if (!url.includes(':')) return '';
  const plain = PLAIN.exec(url);
  if (!plain) {
    try {
      const { protocol, origin } = new URL(url);
      return SPECIAL.test(protocol) ? origin : '';
    } catch {
      return '';
    }
  }
  const [, protocol, host] = plain as unknown as [string, string, string];
  const isDefaultPort = /s$/i.test(protocol) ? host.endsWith(':443') : host.endsWith(':80');
  return `${protocol}://${isDefaultPort ? host.slice(0, host.indexOf(':')) : host}`.toLowerCase();
}

const WITH_SCHEME = /^[a-z][a-z\d+\-.]*:/i;

/**
 * Resolves a URL that is relative to the page or the worker. Outside of browsers the URL stays unchanged.
 * @public
 */
export function absoluteUrl(url: string): string {
  if (WITH_SCHEME.test(url)) return url;
  const { document, location } = globalThis as { document?: { baseURI?: string }; location?: { href?: string } };
  const base = document?.baseURI ?? location?.href;
  if (base === undefined) return url;
  try {
    return new URL(url, base).href;
  } catch {
    // The URL is malformed, or the base is a blob. The client reports the error.
    return url;
  }
}
