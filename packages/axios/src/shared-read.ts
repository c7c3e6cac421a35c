import { isReplayable, type RequestChange } from '@holdline/core';
import { isReadWhole } from './answer-data.js';
import { copyHeaders, writeHeader } from './headers.js';
import { deriveConfig } from './request-config.js';
import type { AxiosLike, NativeConfig } from './types.js';

/** Options that decide what a caller gets. A caller with a value of its own cannot share the answer of another caller. */
const ANSWER_OPTIONS = ['validateStatus', 'maxRedirects', 'decompress', 'responseEncoding'] as const;

/** Options by which a caller watches its own request. */
const WATCHING_OPTIONS = ['onDownloadProgress', 'onUploadProgress'] as const;

/** Whether other callers can get the answer of a request: its body and the answer are no streams, and nobody watches it. */
export function isShareable(config: NativeConfig, defaults: AxiosLike['defaults']): boolean {
  const own = config as unknown as Partial<Record<string, unknown>>;
  const shared = defaults as Partial<Record<string, unknown>>;
  return (
    isReadWhole(config) &&
    isReplayable(config.data) &&
    ANSWER_OPTIONS.every((name) => own[name] === shared[name]) &&
    WATCHING_OPTIONS.every((name) => own[name] === undefined)
  );
}

/**
 * Builds the configuration of a read for several callers.
 *
 * @param isBuiltIn - Whether an adapter of axios itself sends it. Its data is then bytes, from which each caller gets its own form.
 */
export function configureVariant(
  config: NativeConfig,
  { url, headers = {} }: RequestChange,
  isBuiltIn: boolean,
): NativeConfig {
  const variant = deriveConfig(config, {
    ...(url !== undefined && { url, baseURL: undefined, params: undefined }),
    ...(isBuiltIn && { responseType: 'arraybuffer' }),
    headers: copyHeaders(config.headers),
    signal: undefined,
    cancelToken: undefined,
    holdline: undefined,
  });
  for (const [name, value] of Object.entries(headers)) writeHeader(variant.headers, name, value);
  return variant;
}
