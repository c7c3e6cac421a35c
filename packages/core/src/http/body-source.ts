import { isReplayable } from './body.js';

/**
 * The failure of a body. `error` is undefined if the body was closed before its end without an error.
 * @public
 */
export interface SourceFailure {
  readonly error: unknown;
}

/** The members of a Node stream that this file uses. Old streams, such as `form-data`, have only the first two. */
interface NodeStream {
  on(event: string, listener: (error?: unknown) => void): unknown;
  pipe: unknown;
  destroy?(): unknown;
  readonly destroyed?: boolean;
  readonly errored?: unknown;
  readonly readableEnded?: boolean;
  readonly readableDidRead?: boolean;
}

/** One stream that the bytes of a body come from. */
interface Part {
  /** Detects failures until `release`. */
  watch(): void;
  /** Hands the stream to the native transport. */
  release(): void;
  /** Whether data was read from the stream, or may have been. */
  readonly isTouched: boolean;
  /** Detects a failure while the native transport had the stream. */
  checkFailure(): Promise<void>;
  /** Closes the stream and its resources. */
  close(reason: unknown): void;
}

/**
 * A body that can be read only once, while its call waits. The body may fail before the native transport reads it, for example if its
 * file is missing or its connection is lost. The call then ends with that failure at once, and no policy counts it.
 *
 * The adapter makes one source per call. The line watches the source, releases it when an attempt takes the body, and closes it when
 * the call ends without an answer. An unread stream would keep its file descriptor or connection.
 * @public
 */
export class BodySource {
  /** The failure of the body; undefined if it did not fail. */
  failure: SourceFailure | undefined = undefined;
  #onFailure: ((error: unknown) => void) | undefined;
  #onLateFailure: ((error: unknown) => void) | undefined;
  #isReleased = false;
  readonly #parts: readonly Part[];

  /**
   * Makes the source of a body; undefined for a body that can be read repeatedly.
   *
   * @param errorOf - Makes the error for the caller. By default it is the error of the stream, or an error about the early close.
   */
  static of(body: unknown, errorOf: (failure: SourceFailure) => unknown = defaultError): BodySource | undefined {
    return isReplayable(body) ? undefined : new BodySource(body as object, errorOf);
  }

  private constructor(
    body: object,
    private readonly errorOf: (failure: SourceFailure) => unknown,
  ) {
    const fail = (error: unknown): void => this.#recordFailure(error);
    this.#parts = partsOf(body).map((part) => createPart(part, fail));
  }

  /**
   * Reports a failure of the body, at once if it has failed already.
   *
   * @param onFailure - Called for a failure before an attempt takes the body.
   * @param onLateFailure - Called for a failure afterwards, when the native transport reports it too.
   */
  watch(onFailure: (error: unknown) => void, onLateFailure?: (error: unknown) => void): void {
    this.#onFailure = onFailure;
    this.#onLateFailure = onLateFailure;
    for (const part of this.#parts) part.watch();
    if (this.failure) this.#report(this.failure);
  }

  /** Hands the body to an attempt. The native transport reports failures from now on. */
  release(): void {
    this.#onFailure = this.#onLateFailure;
    this.#isReleased = true;
    for (const part of this.#parts) part.release();
  }

  /** Whether nothing was read from the body, so that no part of it can have been sent. */
  get isUntouched(): boolean {
    return !this.#isReleased || this.#parts.every((part) => !part.isTouched);
  }

  /** The failure of the body while the native transport had it; undefined if the body did not fail. */
  async brokenBy(): Promise<SourceFailure | undefined> {
    await Promise.all(this.#parts.map((part) => part.checkFailure()));
    return this.failure;
  }

  /** Closes all streams of the body. Closed streams stay unchanged. */
  close(reason?: unknown): void {
    this.#onFailure = this.#onLateFailure = undefined;
    for (const part of this.#parts) part.close(reason);
  }

  #recordFailure(error: unknown): void {
    if (this.failure) return;
    this.failure = { error };
    this.#report(this.failure);
  }

  #report(failure: SourceFailure): void {
    const tell = this.#onFailure;
    this.#onFailure = this.#onLateFailure = undefined;
    tell?.(this.errorOf(failure));
  }
}

function defaultError({ error }: SourceFailure): unknown {
  return error ?? new Error('the body was closed before its end');
}

/** A body and, for a form of the package `form-data`, the streams in it, which the form pauses until it is read. */
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

function createPart(body: object, fail: (error: unknown) => void): Part {
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
    // The listener stays after `release`: a stream error without a listener ends the process.
    stream.on('error', fail);
    stream.on('end', () => (this.#hasEnded = true));
    stream.on('close', () => {
      if (!this.#hasEnded && stream.readableEnded !== true) fail(undefined);
    });
    const { errored, destroyed, readableEnded } = stream;
    if (errored || (destroyed === true && readableEnded === false)) fail(errored ?? undefined);
  }

  watch(): void {
    // The constructor has added the listeners.
  }

  release(): void {
    // Listeners do not disturb the native transport.
  }

  get isTouched(): boolean {
    return this.stream.readableDidRead !== false;
  }

  checkFailure(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    if (this.stream.destroyed !== true && !this.#hasEnded) this.stream.destroy?.();
  }
}

class WebPart implements Part {
  #reader: ReadableStreamDefaultReader | undefined;

  constructor(
    private readonly stream: ReadableStream,
    private readonly fail: (error: unknown) => void,
  ) {}

  watch(): void {
    void this.#reportFailure();
  }

  release(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.releaseLock();
  }

  // A web stream does not show whether it was read.
  readonly isTouched = true;

  async checkFailure(): Promise<void> {
    // A stream that has already failed rejects within four microtasks.
    await Promise.race([this.#reportFailure(), waitMicrotasks(4)]);
    this.release();
  }

  async #reportFailure(): Promise<void> {
    // Other code reads the stream. The native transport refuses such a body.
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

/** An async iterable. It does nothing until its next value is requested. */
class IterablePart implements Part {
  readonly isTouched = true;

  constructor(private readonly body: AsyncIterable<unknown> & { return?: () => unknown }) {}

  watch(): void {
    // An iterable reports no failure before it is read.
  }

  release(): void {
    // Nothing to release.
  }

  checkFailure(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    // A generator then runs its `finally` blocks.
    void Promise.resolve(this.body.return?.()).catch(() => undefined);
  }
}

async function waitMicrotasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}
