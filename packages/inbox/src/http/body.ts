import type { Clock } from '@holdline/core';

/** A body, or why there is none: too large, not complete in time, cut off by the sender, or read by someone else. */
export type BodyResult = Uint8Array | 'too large' | 'too slow' | 'cut off' | 'already read';

/** Reads the body of a request, byte for byte. Never throws. */
export async function readBody(
  request: Request,
  limits: { readonly maxBodyBytes: number; readonly bodyTimeoutMs: number },
  clock: Clock,
): Promise<BodyResult> {
  if (request.bodyUsed || request.body?.locked) return 'already read';
  if (!request.body) return new Uint8Array(0);
  const reader = request.body.getReader();
  // A number that is too large is believed; any other length is counted.
  if (Number(request.headers.get('content-length')) > limits.maxBodyBytes) return stop(reader, 'too large');

  let stopTimer = (): void => {};
  const timedOut = new Promise<'too slow'>((resolve) => {
    stopTimer = clock.setTimer(limits.bodyTimeoutMs, () => resolve('too slow'));
  });
  try {
    return await Promise.race([readAll(reader, limits.maxBodyBytes), timedOut]).then((result) =>
      typeof result === 'string' ? stop(reader, result) : result,
    );
  } finally {
    stopTimer();
  }
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>, max: number): Promise<BodyResult> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    let chunk: ReadableStreamReadResult<Uint8Array>;
    try {
      chunk = await reader.read();
    } catch {
      return 'cut off';
    }
    if (chunk.done) break;
    length += chunk.value.length;
    if (length > max) return 'too large';
    chunks.push(chunk.value);
  }
  if (chunks.length === 1) return chunks[0] as Uint8Array;
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

/** Gives up the rest of the body, so that its source can be freed. */
function stop<T>(reader: ReadableStreamDefaultReader<Uint8Array>, result: T): T {
  reader.cancel().catch(() => {});
  return result;
}
