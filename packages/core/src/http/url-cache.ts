import { originOf, pathOf } from './url.js';

/** The last origin. Most calls have the origin of the previous call, so many waiting calls share one string. */
let last = '';

/** Whether a URL certainly has the last origin. A following `@` or `:` would make another origin. */
function isOfLast(url: string): boolean {
  if (last === '' || !url.startsWith(last)) return false;
  const { length } = last;
  const code = url.charCodeAt(length);
  return code === SLASH || code === QUERY || code === FRAGMENT || url.length === length;
}

const SLASH = 47;
const QUERY = 63;
const FRAGMENT = 35;

/** Origin and path of a URL. */
export interface UrlParts {
  /** '' for a relative URL. */
  readonly origin: string;
  readonly path: string;
}

let lastUrl = '';
let lastPlace: UrlParts = { origin: '', path: '/' };

/** Origin and path of a URL, without parsing if the URL equals the previous one. */
export function splitUrl(url: string): UrlParts {
  if (url === lastUrl) return lastPlace;
  lastUrl = url;
  return (lastPlace = { origin: cachedOriginOf(url), path: cachedPathOf(url) });
}

/** As `originOf`, without parsing if the URL has the previous origin. */
export function cachedOriginOf(url: string): string {
  if (isOfLast(url)) return last;
  const origin = originOf(url);
  return origin === last ? last : (last = origin);
}

/** As `pathOf`, without parsing if the URL has the previous origin. */
function cachedPathOf(url: string): string {
  if (!isOfLast(url) || url.charCodeAt(last.length) !== SLASH) return pathOf(url);
  const query = url.indexOf('?', last.length);
  const fragment = url.indexOf('#', last.length);
  const end = query < 0 ? fragment : fragment < 0 ? query : Math.min(query, fragment);
  return end < 0 ? url.slice(last.length) : url.slice(last.length, end);
}
