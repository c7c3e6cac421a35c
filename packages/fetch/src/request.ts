import { absoluteUrl } from '@holdline/core';
import { copyHeaders } from './headers.js';
import type { NativeInit, NativeRequest } from './types.js';

/** Tells whether `input` is a `Request`. */
export function isRequest(input: unknown): input is NativeRequest {
  const { url, clone } = (input ?? {}) as Partial<NativeRequest>;
  return typeof url === 'string' && typeof clone === 'function';
}

/** Resolves the URL of a request. A relative URL becomes absolute if the page or the worker is known. */
export function resolveUrl(input: unknown): string {
  return absoluteUrl(isRequest(input) ? input.url : `${input as string}`);
}

/** Copies request options, because the caller may change the object later. Also copies the options of a `Request`. */
export function copyInit(init: NativeInit): NativeInit {
  const copy: Record<string, unknown> = {};
  for (const key in init) copy[key] = init[key as keyof NativeInit];
  const { headers } = init;
  if (typeof headers === 'object' && headers !== null) copy['headers'] = copyHeaders(headers);
  return copy;
}
