import { absoluteUrl, originOf, pathOf } from '@holdline/core';
import type { NativeConfig } from './types.js';

const ABSOLUTE = /^([a-z][a-z\d+\-.]*:)?\/\//i;

/** The URL a request goes to, without `params`. */
export function resolveUrl(config: Pick<NativeConfig, 'url' | 'baseURL' | 'allowAbsoluteUrls'>): string {
  const url = String(config.url ?? '');
  const base = String(config.baseURL ?? '');
  if (base === '') return absoluteUrl(url);
  if (!ABSOLUTE.test(url))
    return absoluteUrl(url === '' ? base : `${base.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`);
  // Where this goes depends on the version: axios before 1.8.2 ignores the option. No origin, no token.
  return config.allowAbsoluteUrls === false ? pathOf(url) : absoluteUrl(url);
}

/** Without a base nobody knows what the client's own API is. */
export function readOwnOrigin(baseURL: string | undefined): string {
  return baseURL ? originOf(absoluteUrl(baseURL)) : '';
}
