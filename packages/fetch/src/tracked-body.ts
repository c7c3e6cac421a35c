/** A wrapped request body that distinguishes its own errors from network errors. */
export interface TrackedBody {
  /** Body for the native function. */
  readonly body: unknown;
  /** Tells whether the body caused an error of the native function. */
  isCauseOf(error: unknown): boolean;
}

/** Tracks a body that is read while it is sent. Undefined for other bodies, and for a used stream, which fetch refuses. */
export function trackBody(body: unknown): TrackedBody | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  // node-fetch accepts only Node streams, so the stream is not wrapped.
  if (isNodeStream(body)) return trackNodeStream(body);
  if (typeof ReadableStream === 'function' && body instanceof ReadableStream)
    return isUnused(body) ? trackWebStream(body) : undefined;
  return Symbol.asyncIterator in body ? trackIterable(body as AsyncIterable<unknown>) : undefined;
}

/** Tells whether a body is a Node stream. */
export function isNodeStream(body: unknown): body is NodeStream {
  const { pipe, on } = (body ?? {}) as Partial<NodeStream>;
  return typeof pipe === 'function' && typeof on === 'function';
}

interface NodeStream {
  pipe(...args: never[]): unknown;
  on(event: string, listener: (error?: unknown) => void): unknown;
}

/** Tracks a Node stream. fetch may destroy it with a network error, so only the stream's first error counts as its own. */
function trackNodeStream(stream: NodeStream): TrackedBody {
  let ownError: unknown;
  stream.on('error', (error) => (ownError ??= error));
  return {
    body: stream,
    isCauseOf(error) {
      const { cause } = (error ?? {}) as { cause?: unknown };
      return ownError !== undefined && (error === ownError || cause === ownError);
    },
  };
}

/** Tells whether a stream is unused. fetch refuses a stream that is locked or disturbed. */
function isUnused(stream: ReadableStream): boolean {
  try {
    new Response(stream);
    return true;
  } catch {
    return false;
  }
}

function trackWebStream(stream: ReadableStream): TrackedBody {
  let isBroken = false;
  const reader = stream.getReader();
  const body = new ReadableStream<unknown>(
    {
      start(controller) {
        reader.closed.catch((error: unknown) => {
          isBroken = true;
          controller.error(error);
        });
      },
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return { body, isCauseOf: () => isBroken };
}

function trackIterable(iterable: AsyncIterable<unknown>): TrackedBody {
  let isBroken = false;
  const iterate = async function* (): AsyncGenerator<unknown> {
    try {
      yield* iterable;
    } catch (error) {
      isBroken = true;
      throw error;
    }
  };
  const body = Object.create(iterable, {
    [Symbol.asyncIterator]: { value: iterate },
    return: { value: () => iterable[Symbol.asyncIterator]().return?.() },
  }) as object;
  return { body, isCauseOf: () => isBroken };
}
