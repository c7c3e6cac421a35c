/** A URL without what may be secret. */
export function bare(url: string): string {
  return url.replace(/[?#].*$/s, '').replace(/^([a-z][a-z\d+.-]*:\/\/)[^/@]*@/i, '$1');
}

/** Where the authority of a URL begins and ends; 0 and 0 where it has none. */
function authorityOf(url: string): { start: number; end: number } {
  // A scheme ends before the first slash, so that the `://` in a query is none.
  const start = /^(?:[a-z][a-z\d+.-]*:)?[/\\]{2}/i.exec(url)?.[0].length ?? 0;
  if (start === 0) return { start, end: 0 };
  const length = url.slice(start).search(/[/\\?#]/);
  return { start, end: length < 0 ? url.length : start + length };
}

/** What comes after the origin of a URL, without the fragment. */
export function targetOf(url: string): string {
  const { end } = authorityOf(url);
  const fragment = url.indexOf('#', end);
  const target = fragment < 0 ? url.slice(end) : url.slice(end, fragment);
  return end > 0 && !/^[/\\]/.test(target) ? `/${target}` : target;
}

/** The path of an absolute or relative URL, without query and fragment. Makes no URL object. */
export function pathOf(url: string): string {
  const target = targetOf(url);
  const query = target.indexOf('?');
  return (query < 0 ? target : target.slice(0, query)) || '/';
}

// A host that means what it says: no user, no escapes, no address and no port but in its usual spelling.
const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const PLAIN = new RegExp(
  `^(https?|wss?)://(?![^/?#]*xn--)((?:(?:[a-z\\d-]+\\.)*[a-z][a-z\\d-]*|(?:${BYTE}\\.){3}${BYTE})(?::[1-9]\\d{0,3}|:[1-5]\\d{4})?)(?=[/?#]|$)`,
  'i',
);
const SPECIAL = /^(?:https?|wss?|ftp):$/;

/**
 * The origin of an absolute URL as `new URL` reads it, or '' for a relative or broken one. Tokens are let out by it, so
 * whatever is not plain is left to `new URL` itself.
 */
export function originOf(url: string): string {
  // Relative, and most often empty.
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

/** Where a URL leads that is relative to the page or the worker; elsewhere it stays as it is. */
export function absoluteUrl(url: string): string {
  if (WITH_SCHEME.test(url)) return url;
  const { document, location } = globalThis as { document?: { baseURI?: string }; location?: { href?: string } };
  const base = document?.baseURI ?? location?.href;
  if (base === undefined) return url;
  try {
    return new URL(url, base).href;
  } catch {
    // It is broken, or nothing is relative to a worker made from a blob: the client says what is wrong with it.
    return url;
  }
}
