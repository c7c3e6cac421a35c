import { absoluteUrl } from '@holdline/core';
import { copyHeaders } from './headers.js';
import type { NativeInit, NativeRequest } from './types.js';

/** Whether `input` is a `Request`. */
export function isRequest(input: unknown): input is NativeRequest {
  const { url, clone } = (input ?? {}) as Partial<NativeRequest>;
  return typeof url === 'string' && typeof clone === 'function';
}

/** Where a request goes. Absolute where the page or the worker it is relative to is known. */
export function resolveUrl(input: unknown): string {
  return absoluteUrl(isRequest(input) ? input.url : `${input as string}`);
}

/** The options as they are now, for the caller may change his object meanwhile; also those that a `Request` in their place has. */
export function copyInit(init: NativeInit): NativeInit {
  const copy: Record<string, unknown> = {};
  for (const key in init) copy[key] = init[key as keyof NativeInit];
  const { headers } = init;
  if (typeof headers === 'object' && headers !== null) copy['headers'] = copyHeaders(headers);
  return copy;
}
