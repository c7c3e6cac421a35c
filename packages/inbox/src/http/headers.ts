/**
 * An object with headers: an `IncomingMessage` of Node, a `Request`, or an object like them.
 * @public
 */
export interface HeaderSource {
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Names and values in turn, as Node keeps them. Used instead of `headers`, where Node leaves out some repeated headers. */
  readonly rawHeaders?: readonly string[] | undefined;
}

/**
 * Returns a function that reads a header by its lower-case name. Repeated headers are joined with `, `, so a verifier sees that a header
 * was sent twice.
 */
export function readHeaders({ headers, rawHeaders }: HeaderSource): (name: string) => string | undefined {
  if (rawHeaders) return readRawHeaders(rawHeaders);
  if (typeof (headers as Headers).get === 'function') return (name) => (headers as Headers).get(name) ?? undefined;
  return (name) => {
    const value = (headers as Record<string, string | readonly string[] | undefined>)[name];
    return typeof value === 'object' ? value.join(', ') : value;
  };
}

function readRawHeaders(rawHeaders: readonly string[]): (name: string) => string | undefined {
  const values = new Map<string, string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    const before = values.get(name);
    values.set(name, before === undefined ? (rawHeaders[i + 1] as string) : `${before}, ${rawHeaders[i + 1]}`);
  }
  return (name) => values.get(name);
}
