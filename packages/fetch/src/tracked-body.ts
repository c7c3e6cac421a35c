/** What a body is read through, so that its own errors can be told from those of the network. */
export interface TrackedBody {
  /** What the native function is given in its place. */
  readonly body: unknown;
  /** Whether an error of the native function is that of the body. */
  isCauseOf(error: unknown): boolean;
}

/** A body that is read while it is sent; undefined for one that is there already, or that the native function has to refuse. */
export function trackBody(body: unknown): TrackedBody | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  // node-fetch takes nothing else for a stream, so it stays what it is.
  if (isNodeStream(body)) return trackNodeStream(body);
  if (typeof ReadableStream === 'function' && body instanceof ReadableStream)
    return isUnused(body) ? trackWebStream(body) : undefined;
  return Symbol.asyncIterator in body ? trackIterable(body as AsyncIterable<unknown>) : undefined;
}

/** Whether a body is a stream of Node. */
export function isNodeStream(body: unknown): body is NodeStream {
  const { pipe, on } = (body ?? {}) as Partial<NodeStream>;
  return typeof pipe === 'function' && typeof on === 'function';
}

interface NodeStream {
  pipe(...args: never[]): unknown;
  on(event: string, listener: (error?: unknown) => void): unknown;
}

/** A native function may destroy the stream with the error of the network, so only its very error is its own. */
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

/** Fetch refuses a stream that somebody reads or has read. */
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
