import { originOf, readSafely, type Call } from '@holdline/core';
import { chooseAttemptSignal } from './cancellation.js';
import { isResponse } from './response.js';
import type { BeforeRedirect, NativeConfig } from './types.js';

/** A configuration like another one. Newer versions of axios make them without a prototype, and copy those that have one. */
export function deriveConfig(config: NativeConfig, changes: object): NativeConfig {
  return Object.assign(Object.create(Object.getPrototypeOf(config) as object | null) as NativeConfig, config, changes);
}

/** Gives a response or an error the configuration that the native adapter would have given it. */
export function replaceConfig<T>(owner: T, config: NativeConfig): T {
  if (typeof owner === 'object' && owner !== null && 'config' in owner) owner.config = config;
  return owner;
}

/** The configuration of one attempt: the call's own, where nothing has to be added. */
export function configureAttempt(call: Call, config: NativeConfig, isBuiltIn: boolean): NativeConfig {
  const signal = chooseAttemptSignal(call, config, isBuiltIn);
  // Signed by the line.
  const beforeRedirect =
    call.epoch === undefined ? undefined : stripTokenOnRedirect(call.origin, config.beforeRedirect);
  if (!signal && !beforeRedirect) return config;
  return deriveConfig(config, { ...(signal && { signal }), ...(beforeRedirect && { beforeRedirect }) });
}

/** What another call ended in, for the caller of this one: axios transforms the data of each caller's object in place. */
export function copyResult(config: NativeConfig, value: unknown): unknown {
  if (isResponse(value)) return { ...value, config };
  const { response } = (value ?? {}) as { response?: unknown };
  if (!(value instanceof Error) || !isResponse(response)) return value;
  const copy = Object.create(Object.getPrototypeOf(value) as object, Object.getOwnPropertyDescriptors(value)) as Error;
  return Object.assign(copy, { config, response: { ...response, config } });
}

/** Puts the user's configuration where the native adapter left that of the attempt. */
export function restoreConfig(result: unknown, attempt: NativeConfig, config: NativeConfig): void {
  for (const owner of [result, readSafely(result, 'response')])
    if (readSafely(owner, 'config') === attempt) replaceConfig(owner, config);
}

/** Keeps the line's token at the origin it was written for. Without this it would follow a redirect to a subdomain. */
function stripTokenOnRedirect(origin: string, next: BeforeRedirect | undefined): BeforeRedirect {
  return (options, ...details) => {
    const { headers = {} } = options;
    if (originOf(options.href ?? '') !== origin) {
      for (const name of Object.keys(headers)) if (name.toLowerCase() === 'authorization') delete headers[name];
    }
    next?.(options, ...details);
  };
}
