import { check, reveal, type Check, type Secret } from '@holdline/core';
import type { Verification } from '../types.js';

/** A rejected request. The reason is a fixed text, so that it shows neither a secret nor a signature. */
export const reject = (rejected: string, status: 400 | 401 = 401): Verification => ({ rejected, status });

/** Longest header that a verifier reads. Senders need a few hundred characters. */
export const MAX_HEADER = 4_096;

/** Longest name in an event. An inbox takes names of up to 1,024 characters, and a verifier joins two of them. */
const MAX_ID = 500;

/**
 * One secret, or several of which any is valid.
 * @public
 */
export type Secrets = string | Secret | readonly (string | Secret)[];

/** Checks {@link Secrets} and returns their texts. Errors do not show them. */
export const secretsCheck: Check<string[]> = (value, key) => {
  const texts = (Array.isArray(value) ? (value as unknown[]) : [value]).map((one) => reveal(one));
  if (texts.length === 0 || !texts.every((one) => typeof one === 'string' && one !== ''))
    check.refuse(key, undefined, 'a string that is not empty, a secret, or a list of them');
  return texts as string[];
};

/** The JSON value of a body, or undefined if the body is not JSON in UTF-8. */
export function parseBody(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch {
    return undefined;
  }
}

/** A value, if it is a text that can name an event, its type or its key. */
export function readName(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID ? value : undefined;
}
