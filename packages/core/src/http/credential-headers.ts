/** Matches names of headers that are or may be a credential. No dead letter and no kept answer contains them, not even encrypted. */
export const CREDENTIAL_NAMES =
  /auth|cookie|token|secret|password|credential|api-?key|access-?key|session|signature|jwt/;

/**
 * Finds the headers that are a credential. Their names are in lower case, and they are sorted by name.
 *
 * @param authorization - The `Authorization` header, if the client writes it later, such as a client with Basic credentials.
 */
export function findCredentialHeaders(
  headers: Iterable<readonly [string, string]>,
  authorization: string | undefined,
): [string, string][] {
  const found = new Map<string, string>();
  for (const [given, value] of headers) {
    const name = given.toLowerCase();
    if (CREDENTIAL_NAMES.test(name)) found.set(name, value);
  }
  if (authorization !== undefined) found.set('authorization', authorization);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}
