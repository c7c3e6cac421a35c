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

/**
 * The headers that are a credential, by lower-case name and in an order of their own.
 *
 * @param authorization That of a client that writes it later, such as one with Basic credentials.
 */
export function credentialHeaders(
  headers: Iterable<readonly [string, string]>,
  authorization: string | undefined,
): [string, string][] {
  const found = new Map<string, string>();
  for (const [given, value] of headers) {
    const name = given.toLowerCase();
    if (CREDENTIALS.test(name)) found.set(name, value);
  }
  if (authorization !== undefined) found.set('authorization', authorization);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}
