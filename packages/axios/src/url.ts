import { absoluteUrl, originOf, pathOf } from '@holdline/core';
import type { AxiosLike, NativeConfig } from './types.js';

const ABSOLUTE = /^([a-z][a-z\d+\-.]*:)?\/\//i;

/** Resolves the URL of a request, without `params`. */
export function resolveUrl(config: Pick<NativeConfig, 'url' | 'baseURL' | 'allowAbsoluteUrls'>): string {
  const url = String(config.url ?? '');
  const base = String(config.baseURL ?? '');
  if (base === '') return absoluteUrl(url);
  if (!ABSOLUTE.test(url))
    return absoluteUrl(url === '' ? base : `${base.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`);
  // axios before 1.8.2 ignores `allowAbsoluteUrls`, so the target is uncertain. A URL without an origin gets no token.
  return config.allowAbsoluteUrls === false ? pathOf(url) : absoluteUrl(url);
}

/** Builds the URL with `params`, which only the native adapter adds. */
export function buildFullUrl(instance: AxiosLike, config: NativeConfig): string {
  const { url, baseURL, allowAbsoluteUrls, params, paramsSerializer } = config;
  if (params === undefined || params === null || !instance.getUri) return resolveUrl(config);
  return absoluteUrl(instance.getUri({ url, baseURL, allowAbsoluteUrls, params, paramsSerializer } as never));
}

/** Adds `params` to the URL of a request. Without them if they are wrong: the native adapter reports that. */
export function addParams(instance: AxiosLike, config: NativeConfig, url: string): string {
  if (config.params === undefined || config.params === null) return url;
  try {
    return buildFullUrl(instance, config);
  } catch {
    return url;
  }
}

/** Reads the origin of the client's own API from its base URL. Without a base URL the origin is unknown. */
export function readOwnOrigin(baseURL: string | undefined): string {
  return baseURL ? originOf(absoluteUrl(baseURL)) : '';
}
