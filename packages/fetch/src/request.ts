import { absoluteUrl } from '@holdline/core';
import { copyHeaders } from './headers.js';
import { findNativeClass } from './native-class.js';
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

/**
 * Builds the arguments of a read for several callers. The options stay, without the signal of the caller.
 *
 * @param url - Another URL for the same request.
 */
export function configureVariant(
  input: NativeRequest | string,
  init: NativeInit,
  url: string | undefined,
): { input: unknown; init: NativeInit } {
  const options = { ...init, signal: null };
  if (!isRequest(input)) return { input: url ?? input, init: options };
  // A clone, because a new request takes the body out of the given one.
  const own = input.body === null ? input : input.clone();
  if (url === undefined) return { input: own, init: options };
  const request = new (findNativeClass<NativeRequest>(input, 'Request'))(url, { ...copyInit(own), signal: null });
  return { input: request, init: options };
}
