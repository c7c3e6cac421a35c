import type { Undo } from '@holdline/core';

/**
 * Replaces the global fetch. This function is for adapters of SDKs that use fetch. Users call `installFetch`.
 *
 * @returns a function that restores the previous fetch. If another wrapper is in place by then, nothing changes.
 * @public
 */
export function replaceFetch(fetch: typeof globalThis.fetch): Undo {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
  globalThis.fetch = fetch;
  return () => {
    if (globalThis.fetch !== fetch) return;
    if (before) Object.defineProperty(globalThis, 'fetch', before);
    // In workers fetch is inherited.
    else Reflect.deleteProperty(globalThis, 'fetch');
  };
}
