import { isReplayable, objectNumber, type RequestChange } from '@holdline/core';
import { isReadWhole } from './answer-data.js';
import { copyHeaders, writeHeader } from './headers.js';
import { deriveConfig } from './request-config.js';
import type { AxiosLike, NativeConfig } from './types.js';

/** Options that shape the result or the error of a request, besides its response type. */
const SHAPING_OPTIONS = [
  'validateStatus',
  'maxRedirects',
  'maxContentLength',
  'decompress',
  'responseEncoding',
  'timeout',
  'withCredentials',
  'socketPath',
] as const;
/** Objects through which a request is sent. They may have certificates, cookies or another target, which no header shows. */
const ROUTES = ['httpAgent', 'httpsAgent', 'proxy', 'transport', 'lookup'] as const;

/** Names the options by which the result of a request differs from those of other requests of its instance. */
export function nameForm(config: NativeConfig, defaults: AxiosLike['defaults']): string {
  const own = config as unknown as Partial<Record<string, unknown>>;
  const common = defaults as Partial<Record<string, unknown>>;
  const changed = SHAPING_OPTIONS.filter((name) => own[name] !== common[name]);
  const routed = ROUTES.filter((name) => own[name] !== common[name]);
  return [
    config.responseType ?? '',
    ...changed.map((name) => `${name} ${String(own[name])}`),
    ...routed.map((name) => `${name} ${objectNumber(own[name])}`),
  ].join('\n');
}

/** Whether the line can make a read of its own from a request: neither body nor answer is a stream. */
export function canVary(config: NativeConfig): boolean {
  return isReadWhole(config) && isReplayable(config.data);
}

/** Builds the configuration of a read of the line itself. */
export function configureVariant(config: NativeConfig, { url, headers = {} }: RequestChange): NativeConfig {
  const variant = deriveConfig(config, {
    ...(url !== undefined && { url, baseURL: undefined, params: undefined }),
    headers: copyHeaders(config.headers),
    signal: undefined,
    cancelToken: undefined,
    holdline: undefined,
    // They report to the caller.
    onDownloadProgress: undefined,
    onUploadProgress: undefined,
  });
  for (const [name, value] of Object.entries(headers)) writeHeader(variant.headers, name, value);
  return variant;
}
