/**
 * Reads a property of a foreign error. Getters may throw, for example those of a revoked proxy, or in Safari those of a
 * `DOMException` of another realm. The result is then undefined.
 * @internal
 */
export function readSafely(owner: unknown, key: PropertyKey): unknown {
  if ((typeof owner !== 'object' && typeof owner !== 'function') || owner === null) return undefined;
  try {
    return (owner as Record<PropertyKey, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** Reads a property that must be a string; any other value gives undefined. */
export function readText(owner: unknown, key: string): string | undefined {
  const value = readSafely(owner, key);
  return typeof value === 'string' ? value : undefined;
}
