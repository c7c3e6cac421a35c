/**
 * Reads a property of something that other code threw. Its getters may throw: a `DOMException` of another realm does that in
 * Safari, and so does a revoked proxy. Gives undefined then.
 */
export function readSafely(owner: unknown, key: string): unknown {
  if ((typeof owner !== 'object' && typeof owner !== 'function') || owner === null) return undefined;
  try {
    return (owner as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** The same for a property that counts only as text. */
export function readText(owner: unknown, key: string): string | undefined {
  const value = readSafely(owner, key);
  return typeof value === 'string' ? value : undefined;
}
