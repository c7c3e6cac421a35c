import type { Undo } from '@holdline/core';

/**
 * Puts a function in the place of the global fetch. For adapters of SDKs that use fetch; users call `installFetch`.
 *
 * @returns what puts back what was there before, unless somebody has wrapped it since: then it stays in place.
 */
export function replaceFetch(fetch: typeof globalThis.fetch): Undo {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
  globalThis.fetch = fetch;
  return () => {
    if (globalThis.fetch !== fetch) return;
    if (before) Object.defineProperty(globalThis, 'fetch', before);
    // Inherited, as in workers.
    else Reflect.deleteProperty(globalThis, 'fetch');
  };
}
