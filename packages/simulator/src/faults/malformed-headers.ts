/**
 * Header values that break parsers of header *values* while the message stays valid HTTP. Node's parser refuses control
 * characters (0x7f too) but accepts the upper half of latin-1, empty values and repeated lines.
 */
export const MALFORMED_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['Date', 'the day before tomorrow'],
  ['Retry-After', 'soon\xff?'],
  ['Retry-After', '-1, NaN'],
  ['RateLimit', '"token";r=;t=-'],
  ['RateLimit-Policy', '"token";q='],
  ['X-RateLimit-Limit', ''],
  ['X-RateLimit-Remaining', '1e999'],
  ['X-RateLimit-Reset', '99999999999999999999'],
  ['ININ-Correlation-Id', '\xa0\t\xa0'],
];
