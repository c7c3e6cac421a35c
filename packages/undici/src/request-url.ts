import { stringify } from 'node:querystring';
import { originOf } from '@holdline/core';
import type { DispatchOptions } from './types.js';

/** Symbol under which a `Client` and a `Pool` have the origin that they are bound to. */
const URL_SYMBOL = 'url';

/** Reads the origin of a dispatcher that is bound to one origin. Empty for others. */
export function boundOrigin(dispatcher: object): string {
  const symbol = Object.getOwnPropertySymbols(dispatcher).find(({ description }) => description === URL_SYMBOL);
  return symbol ? toOrigin(dispatcher[symbol as never]) : '';
}

/** Reads an origin as undici takes it: a string or a URL. */
export function toOrigin(origin: unknown): string {
  if (origin instanceof URL) return originOf(origin.href);
  return typeof origin === 'string' ? originOf(origin) : '';
}

/** Returns the URL of a request, which is relative if the origin is unknown. */
export function requestUrl({ origin, path, query }: DispatchOptions, bound: string): string {
  const base = origin === undefined || origin === null || origin === '' ? bound : toOrigin(origin);
  const target = String(path);
  const url = /^https?:\/\//i.test(target) ? target : base + target;
  if (typeof query !== 'object' || query === null) return url;
  const text = stringify(query as never);
  return text === '' ? url : `${url}?${text}`;
}

/** Splits an absolute URL into what undici makes it of. */
export function splitUrl(url: string): { origin: string; path: string } {
  return { origin: originOf(url), path: url.slice(originLength(url)) };
}

/** Length of scheme and host as they are written, which may differ from the canonical origin. */
function originLength(url: string): number {
  return /^https?:\/\/[^/?#]*/i.exec(url)?.[0].length ?? 0;
}
