import { check, type Check } from '@holdline/core';
import type { Verification } from '../types.js';

/** A rejected request. The reason is a fixed text, so that it shows neither a secret nor a signature. */
export const reject = (rejected: string, status: 400 | 401 = 401): Verification => ({ rejected, status });

/** Longest header that a verifier reads. Senders need a few hundred characters. */
export const MAX_HEADER = 4_096;

/** Longest identifier of an event. */
const MAX_ID = 512;

/** One secret, or several of which any is valid. Errors do not show them. */
export const secretsCheck: Check<string[]> = (value, key) => {
  const given: unknown[] = Array.isArray(value) ? value : [value];
  if (given.length === 0 || !given.every((secret) => typeof secret === 'string' && secret !== ''))
    check.refuse(key, undefined, 'a string that is not empty, or a list of such strings');
  return given as string[];
};

/** The JSON value of a body, or undefined if the body is not JSON in UTF-8. */
export function parseBody(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch {
    return undefined;
  }
}

/** The value of a key, if it is a text that can identify an event. */
export function readId(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID ? value : undefined;
}

/** The value of a key, if it is a text. */
export function readText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
