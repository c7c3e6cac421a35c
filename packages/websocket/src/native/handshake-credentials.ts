/** Returns the subprotocols as a credential header: browser pages put their tokens there. */
export function readProtocolCredentials(protocols: readonly string[]): (readonly [string, string])[] {
  return protocols.length === 0 ? [] : [['auth-protocols', protocols.join(',')]];
}

/** Returns the headers of an options object. */
export function readHeaderPairs(options: unknown): (readonly [string, string])[] {
  const { headers } = (options ?? {}) as { headers?: unknown };
  if (typeof headers !== 'object' || headers === null) return [];
  const { [Symbol.iterator]: pairs } = headers as Partial<Iterable<unknown>>;
  const entries =
    typeof pairs === 'function' ? [...(headers as Iterable<[unknown, unknown]>)] : Object.entries(headers);
  return entries.map(([name, value]) => [String(name), String(value)] as const);
}
