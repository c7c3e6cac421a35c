/** Whether a body can be sent a second time. A stream is empty by then, and a `form-data` form hangs. */
export function isReplayable(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return true;
  const { pipe, getReader } = body as { pipe?: unknown; getReader?: unknown };
  return typeof pipe !== 'function' && typeof getReader !== 'function' && !(Symbol.asyncIterator in body);
}

/** The bytes of a body, where they can be had without consuming it. */
export function payloadOf(body: unknown): string | Uint8Array | undefined {
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  return body instanceof URLSearchParams ? body.toString() : undefined;
}
