/** Names of query parameters whose values may be secret. */
const SECRET_NAME =
  /token|key|secret|password|passwd|pwd|code|state|sig|auth|jwt|session|credential|assertion|verifier|challenge/i;
/** A longer value is shortened, so that a page shows one line. */
const MAX_VALUE = 60;

/**
 * A path for the eyes of people: the values of query parameters that look secret become `…`.
 *
 * @param path - Path with its query.
 */
export function showPath(path: string): string {
  const at = path.indexOf('?');
  if (at < 0) return path;
  const shown = path
    .slice(at + 1)
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 0) return isRandom(pair) ? '…' : pair;
      const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
      return SECRET_NAME.test(name) || isRandom(value) || value.length > MAX_VALUE ? `${name}=…` : pair;
    });
  return `${path.slice(0, at)}?${shown.join('&')}`;
}

/** Whether a value looks like a token: long, without separators, with letters and digits. UUIDs and lists of them do not. */
function isRandom(value: string): boolean {
  return value
    .split(/,|%2C|%20|\+/i)
    .some(
      (part) =>
        part.length >= 20 &&
        /\d/.test(part) &&
        /[A-Za-z]/.test(part) &&
        !/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(part) &&
        !/^\d{4}-\d\d-\d\dT/.test(part),
    );
}
