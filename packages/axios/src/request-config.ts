import { originOf, readSafely, type Call } from '@holdline/core';
import { copyData } from './answer-data.js';
import { chooseAttemptSignal } from './cancellation.js';
import { copyHeaders } from './headers.js';
import { isResponse } from './response.js';
import type { BeforeRedirect, NativeConfig, NativeResponse } from './types.js';

/** Derives a changed configuration with the same prototype. Newer axios versions copy a configuration that has a prototype. */
export function deriveConfig(config: NativeConfig, changes: object): NativeConfig {
  return Object.assign(Object.create(Object.getPrototypeOf(config) as object | null) as NativeConfig, config, changes);
}

/** Replaces the configuration on a response or an error. */
export function replaceConfig<T>(owner: T, config: NativeConfig): T {
  if (typeof owner === 'object' && owner !== null && 'config' in owner) owner.config = config;
  return owner;
}

/** Returns the configuration of one attempt. This is the call's own configuration if the attempt adds nothing. */
export function configureAttempt(call: Call, config: NativeConfig, isBuiltIn: boolean): NativeConfig {
  const signal = chooseAttemptSignal(call, isBuiltIn);
  // Only an attempt that the line signed has an epoch.
  const beforeRedirect =
    call.epoch === undefined ? undefined : stripTokenOnRedirect(call.origin, config.beforeRedirect);
  const pool = call.poolOptions(config);
  if (!signal && !beforeRedirect && !pool) return config;
  return deriveConfig(config, { ...(signal && { signal }), ...(beforeRedirect && { beforeRedirect }), ...pool });
}

/**
 * Copies the result of a joined call for another caller, with the configuration of that caller and data in its form. axios transforms
 * the data of each caller's object in place.
 */
export function copyResult(config: NativeConfig, value: unknown): unknown {
  if (isResponse(value)) return copyResponse(config, value);
  const { response } = (value ?? {}) as { response?: unknown };
  if (!(value instanceof Error) || !('config' in value)) return value;
  const copy = Object.create(Object.getPrototypeOf(value) as object, Object.getOwnPropertyDescriptors(value)) as Error;
  return Object.assign(copy, { config, ...(isResponse(response) && { response: copyResponse(config, response) }) });
}

function copyResponse(config: NativeConfig, response: NativeResponse): NativeResponse {
  const { headers, data } = response;
  return { ...response, headers: copyHeaders(headers), data: copyData(data, config), config };
}

/** Replaces the attempt's configuration with the user's on a response or an error. */
export function restoreConfig(result: unknown, attempt: NativeConfig, config: NativeConfig): void {
  for (const owner of [result, readSafely(result, 'response')])
    if (readSafely(owner, 'config') === attempt) replaceConfig(owner, config);
}

/** Removes the line's token on a redirect to another origin. follow-redirects alone would send it to a subdomain. */
function stripTokenOnRedirect(origin: string, next: BeforeRedirect | undefined): BeforeRedirect {
  return (options, ...details) => {
    const { headers = {} } = options;
    if (originOf(options.href ?? '') !== origin) {
      for (const name of Object.keys(headers)) if (name.toLowerCase() === 'authorization') delete headers[name];
    }
    next?.(options, ...details);
  };
}
