import { isReplayable } from './body.js';

/** How a body broke: with an error of its own, or closed before its end without one. */
export interface SourceFailure {
  readonly error: unknown;
}

/** What this file uses of a stream of Node. `form-data` and other old ones have only the first two. */
interface NodeStream {
  on(event: string, listener: (error?: unknown) => void): unknown;
  pipe: unknown;
  destroy?(): unknown;
  readonly destroyed?: boolean;
  readonly errored?: unknown;
  readonly readableEnded?: boolean;
  readonly readableDidRead?: boolean;
}

/** One thing that a body is read from. */
interface Part {
  /** Looks for failures until `release`. */
  watch(): void;
  /** Leaves it to the native transport. */
  release(): void;
  /** Whether something was, or may have been, read from it. */
  readonly isTouched: boolean;
  /** Looks whether it broke in the hands of the native transport. */
  look(): Promise<void>;
  /** Closes it, and what it holds. */
  close(reason: unknown): void;
}

/**
 * A body that can be read only once, while its call waits. It may break before anybody reads it: its file is missing, its
 * connection is lost. That failure is the caller's own: the call ends with it at once, and nothing counts it.
 *
 * The adapter makes one per call. The line watches it, releases it when an attempt takes the body, and closes it when the call
 * ends without an answer: a stream that nobody reads keeps its descriptor or connection.
 */
export class BodySource {
  /** How it broke, once it did. */
  failure: SourceFailure | undefined = undefined;
  #onFailure: ((error: unknown) => void) | undefined = undefined;
  #onLateFailure: ((error: unknown) => void) | undefined = undefined;
  #isReleased = false;
  readonly #parts: readonly Part[];

  /**
   * The source of a body; undefined where it can be read again and again.
   *
   * @param errorOf What the caller gets. Left out: the error of the stream, or one that says that it was closed.
   */
  static of(body: unknown, errorOf = ownError): BodySource | undefined {
    return isReplayable(body) ? undefined : new BodySource(body as object, errorOf);
  }

  private constructor(
    body: object,
    private readonly errorOf: (failure: SourceFailure) => unknown,
  ) {
    const fail = (error: unknown): void => this.#fail(error);
    this.#parts = partsOf(body).map((part) => partOf(part, fail));
  }

  /**
   * Tells of a failure, at once where there is one already.
   *
   * @param onFailure Told of it before an attempt takes the body.
   * @param onLateFailure Told of it afterwards, when the native transport should hear of it too.
   */
  watch(onFailure: (error: unknown) => void, onLateFailure?: (error: unknown) => void): void {
    this.#onFailure = onFailure;
    this.#onLateFailure = onLateFailure;
    for (const part of this.#parts) part.watch();
    if (this.failure) this.#tell(this.failure);
  }

  /** An attempt takes the body. The native transport hears of failures itself from now on. */
  release(): void {
    this.#onFailure = this.#onLateFailure;
    this.#isReleased = true;
    for (const part of this.#parts) part.release();
  }

  /** Whether nothing was read from it, so that nothing of it can have been sent. */
  get isUntouched(): boolean {
    return !this.#isReleased || this.#parts.every((part) => !part.isTouched);
  }

  /** How it broke in the hands of the native transport, after that failed; undefined where it did not. */
  async brokenBy(): Promise<SourceFailure | undefined> {
    await Promise.all(this.#parts.map((part) => part.look()));
    return this.failure;
  }

  /** Closes all that the body is read from. Does nothing to what is closed already. */
  close(reason?: unknown): void {
    this.#onFailure = this.#onLateFailure = undefined;
    for (const part of this.#parts) part.close(reason);
  }

  #fail(error: unknown): void {
    if (this.failure) return;
    this.failure = { error };
    this.#tell(this.failure);
  }

  #tell(failure: SourceFailure): void {
    const tell = this.#onFailure;
    this.#onFailure = this.#onLateFailure = undefined;
    tell?.(this.errorOf(failure));
  }
}

function ownError({ error }: SourceFailure): unknown {
  return error ?? new Error('the body was closed before its end');
}

/** A form of the package `form-data` and the streams in it, which it holds back until it is read itself. */
function partsOf(body: object): object[] {
  const { _streams: inner } = body as { _streams?: unknown };
  if (!Array.isArray(inner)) return [body];
  const sources = inner.map((item: unknown) => (item as { source?: unknown } | null)?.source);
  return [body, ...sources.filter((source): source is NodeStream => isNodeStream(source))];
}

function isNodeStream(value: unknown): value is NodeStream {
  const { pipe, on } = (value ?? {}) as Partial<NodeStream>;
  return typeof pipe === 'function' && typeof on === 'function';
}

function partOf(body: object, fail: (error: unknown) => void): Part {
  if (isNodeStream(body)) return new NodePart(body, fail);
  if (typeof (body as { getReader?: unknown }).getReader === 'function')
    return new WebPart(body as ReadableStream, fail);
  return new IterablePart(body as AsyncIterable<unknown>);
}

class NodePart implements Part {
  #hasEnded = false;

  constructor(
    private readonly stream: NodeStream,
    fail: (error: unknown) => void,
  ) {
    // It stays, as that of a native transport does: an error that nobody listens to ends the process.
    stream.on('error', fail);
    stream.on('end', () => (this.#hasEnded = true));
    stream.on('close', () => {
      if (!this.#hasEnded && stream.readableEnded !== true) fail(undefined);
    });
    const { errored, destroyed, readableEnded } = stream;
    if (errored || (destroyed === true && readableEnded === false)) fail(errored ?? undefined);
  }

  watch(): void {
    // Its events come by themselves.
  }

  release(): void {
    // Its events do not stand in the way of others.
  }

  get isTouched(): boolean {
    return this.stream.readableDidRead !== false;
  }

  look(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    if (this.stream.destroyed !== true && !this.#hasEnded) this.stream.destroy?.();
  }
}

class WebPart implements Part {
  #reader: ReadableStreamDefaultReader | undefined = undefined;

  constructor(
    private readonly stream: ReadableStream,
    private readonly fail: (error: unknown) => void,
  ) {}

  watch(): void {
    void this.#look();
  }

  release(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.releaseLock();
  }

  // That it was read is nowhere to be seen.
  readonly isTouched = true;

  async look(): Promise<void> {
    // Longer than a stream that is broken already takes to say so, and no longer.
    await Promise.race([this.#look(), turns(4)]);
    this.release();
  }

  async #look(): Promise<void> {
    // In the hands of somebody else. The native transport refuses such a body.
    if (this.stream.locked) return;
    const reader = (this.#reader = this.stream.getReader());
    try {
      await reader.closed;
    } catch (error) {
      if (this.#reader === reader) this.fail(error);
    }
  }

  close(reason: unknown): void {
    this.release();
    if (!this.stream.locked) this.stream.cancel(reason).catch(() => undefined);
  }
}

/** Nothing happens in it until somebody asks it for more. */
class IterablePart implements Part {
  readonly isTouched = true;

  constructor(private readonly body: AsyncIterable<unknown> & { return?: () => unknown }) {}

  watch(): void {
    // There is nothing to see.
  }

  release(): void {
    // Nothing was held.
  }

  look(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    // A generator ends its `finally` blocks.
    void Promise.resolve(this.body.return?.()).catch(() => undefined);
  }
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}
