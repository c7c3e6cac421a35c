import { check, type Check } from '@holdline/core';

const HOST = String.raw`(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\]|localhost|\*)`;
const PORT = String.raw`(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])`;

/** The source of a pattern of an address with a port, such as `127.0.0.1:8080`. */
export const ADDRESS = `^${HOST}:${PORT}$`;
/** The same, and a port alone. */
export const ADDRESS_OR_PORT = `^(?:${HOST}:)?${PORT}$`;

/** Checks a text of a pattern. Quotes, `$`, `;`, braces and spaces are syntax in the files of gateways, so no pattern has them. */
export const matching =
  (pattern: RegExp, allowed: string): Check<string> =>
  (value, key, also = '') =>
    typeof value === 'string' && value.length <= 500 && pattern.test(value)
      ? value
      : check.refuse(key, value, `${also}${allowed}`);
