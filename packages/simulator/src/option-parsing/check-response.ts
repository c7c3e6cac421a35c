import { SimulatorOptionError } from '../option-error.js';

/** Header names are HTTP tokens, so that a name cannot break the message. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * Header values are one line of latin-1: tabs and all visible characters, also those above 0x7f, without line breaks.
 */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export function checkHeaders(key: string, value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SimulatorOptionError(key, value, 'an object of header names and string values');
  }
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    checkHeaderName(key, name);
    headers[name] = checkHeaderValue(`${key}.${name}`, text);
  }
  return headers;
}

export function checkHeaderName(key: string, value: unknown): string {
  if (typeof value !== 'string' || !HEADER_NAME.test(value)) {
    throw new SimulatorOptionError(key, value, 'a header name of HTTP token characters');
  }
  return value;
}

export function checkHeaderValue(key: string, value: unknown): string {
  if (typeof value !== 'string' || !HEADER_VALUE.test(value)) {
    throw new SimulatorOptionError(key, value, 'a string of latin-1 characters without control characters except tab');
  }
  return value;
}

/** Refuses a body that JSON cannot hold, now and not when the answer is due. */
export function checkJsonBody(key: string, body: unknown): unknown {
  let text: string | undefined;
  try {
    text = JSON.stringify(body);
  } catch {
    text = undefined;
  }
  if (text === undefined) throw new SimulatorOptionError(key, body, 'a string or a value that JSON can hold');
  return body;
}
