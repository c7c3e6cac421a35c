/**
 * The reason of an aborted signal. Signals of polyfills and of platforms from before 2022 have no reason. For such signals the
 * result is an `AbortError`, as `fetch` rejects with.
 * @public
 */
export function abortReason(signal: AbortSignal): unknown {
  const reason = signal.reason as unknown;
  return reason === undefined ? abortError() : reason;
}

function abortError(): Error {
  const message = 'This operation was aborted';
  // React Native has no DOMException.
  if (typeof DOMException === 'function') return new DOMException(message, 'AbortError');
  return Object.assign(new Error(message), { name: 'AbortError' });
}

/**
 * Whether a value has the interface of an AbortSignal. Signals of other realms and of polyfills count.
 * @public
 */
export function isAbortSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null) return false;
  const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>;
  return (
    typeof aborted === 'boolean' && typeof addEventListener === 'function' && typeof removeEventListener === 'function'
  );
}
