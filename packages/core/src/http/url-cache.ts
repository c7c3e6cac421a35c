import { originOf, pathOf } from './url.js';

/** Mostly that of the next call too: so many waiting calls hold one string and not one each. */
let last = '';

/** Whether a URL is plainly of the origin before it. After `@` or `:` it would be another one. */
function isOfLast(url: string): boolean {
  if (last === '' || !url.startsWith(last)) return false;
  const { length } = last;
  const code = url.charCodeAt(length);
  return code === SLASH || code === QUERY || code === FRAGMENT || url.length === length;
}

const SLASH = 47;
const QUERY = 63;
const FRAGMENT = 35;

/** Where a URL leads. */
export interface Place {
  /** '' for a relative URL. */
  readonly origin: string;
  readonly path: string;
}

let lastUrl = '';
let lastPlace: Place = { origin: '', path: '/' };

/** Origin and path of a URL, cheap where it is the same as the one before. */
export function placeOf(url: string): Place {
  if (url === lastUrl) return lastPlace;
  lastUrl = url;
  return (lastPlace = { origin: knownOriginOf(url), path: knownPathOf(url) });
}

/** `originOf`, cheap where the URL is of the same origin as the one before. */
export function knownOriginOf(url: string): string {
  if (isOfLast(url)) return last;
  const origin = originOf(url);
  return origin === last ? last : (last = origin);
}

/** `pathOf`, cheap where the URL is of the same origin as the one before. */
function knownPathOf(url: string): string {
  if (!isOfLast(url) || url.charCodeAt(last.length) !== SLASH) return pathOf(url);
  const query = url.indexOf('?', last.length);
  const fragment = url.indexOf('#', last.length);
  const end = query < 0 ? fragment : fragment < 0 ? query : Math.min(query, fragment);
  return end < 0 ? url.slice(last.length) : url.slice(last.length, end);
}
