import { isIP } from 'node:net';

/**
 * Whether a request may have this `Host` header. A page of another origin whose name is bound to our address (DNS rebinding) sends its own
 * name. IP addresses cannot be bound, so they are allowed.
 *
 * @param names - Allowed names besides IP addresses and `localhost`, in lower case.
 */
export function isAllowedHost(header: string | undefined, names: ReadonlySet<string>): boolean {
  const name = /^(\[[^\]]+\]|[^:]+)(?::\d{1,5})?$/.exec(header ?? '')?.[1]?.toLowerCase();
  if (name === undefined) return false;
  if (name.startsWith('[')) return isIP(name.slice(1, -1)) === 6;
  return name === 'localhost' || isIP(name) === 4 || names.has(name);
}

/**
 * Whether the browser says that a page of another origin made the request. Programs that are no browser do not send the header, and `none` is
 * an address that the user opened.
 */
export function isForeign(site: string | string[] | undefined): boolean {
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/** Whether an address is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  return host === '::1' || host === 'localhost' || (isIP(host) === 4 && host.startsWith('127.'));
}
