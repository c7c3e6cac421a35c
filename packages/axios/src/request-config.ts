import { originOf, readSafely, type Call } from '@holdline/core';
import { copyData, copyParsed } from './answer-data.js';
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
  return copyParts(value, { config }, (data) => copyData(data, config));
}

/**
 * Copies a result or an error in the shape of axios for another caller. The configuration and the form of the data stay.
 * @internal
 */
export function copyAnswer(value: unknown): unknown {
  return copyParts(value, {}, copyParsed);
}

function copyParts(value: unknown, parts: { config?: NativeConfig }, copyOf: (data: unknown) => unknown): unknown {
  const copyResponse = (response: NativeResponse): NativeResponse => {
    const { headers, data } = response;
    return { ...response, headers: copyHeaders(headers), data: copyOf(data), ...parts };
  };
  if (isResponse(value)) return copyResponse(value);
  if (typeof value !== 'object' || value === null || !('config' in value || 'response' in value)) return value;
  const { response } = value as { response?: unknown };
  const copy = Object.create(Object.getPrototypeOf(value) as object, Object.getOwnPropertyDescriptors(value)) as object;
  return Object.assign(copy, parts, isResponse(response) && { response: copyResponse(response) });
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
