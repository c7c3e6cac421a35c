/** Headers about form and condition of a body, which are nobody's secret. */
export const KEPT_AS_THEY_ARE: readonly string[] = [
  'accept',
  'accept-language',
  'content-encoding',
  'content-language',
  'content-type',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'prefer',
];

/** Headers that a client writes anew each time. */
export const NOT_NEEDED: readonly string[] = [
  'accept-encoding',
  'connection',
  'content-length',
  'host',
  'origin',
  'purecloud-sdk',
  'referer',
  'transfer-encoding',
  'user-agent',
];

/** Names of headers that are a credential, or may be one: they are in no letter, not even encrypted. */
export const CREDENTIALS = /auth|cookie|token|secret|password|credential|api-?key|access-?key|session|signature|jwt/;
