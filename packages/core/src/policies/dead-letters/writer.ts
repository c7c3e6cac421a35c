import type { ActiveCall } from '../../call/call.js';
import type { LetterBody, LetterParts } from '../../contract/call.js';
import { PRIORITIES } from '../../contract/context.js';
import type {
  DeadCall,
  DeadFrame,
  DeadLetter,
  DeadLetters,
  LetterHost,
  LetterLine,
  LetterWriterFactory,
  LetterPart,
  LetterWriter,
  ListedLetter,
  ListedPage,
  LostFrame,
  ReplayOptions,
  ReplayReport,
} from '../../contract/dead-letters.js';
import { messageOf } from '../../contract/errors.js';
import { fromBinaryString, RecordCipher, toBinaryString } from '../../crypto/cipher.js';
import { randomKey } from '../../crypto/digest.js';
import { stripQuery } from '../../http/url.js';
import { LetterClients, type LetterOrigin } from './clients.js';
import { CREDENTIAL_NAMES } from '../../http/credential-headers.js';
import { PLAIN_HEADERS, GENERATED_HEADERS } from './headers.js';
import { type LetterContents, Replay, type ReplayHost } from './replay.js';

/** The encrypted parts of a letter. */
interface SecretParts {
  url?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Whether the body is text; otherwise it is bytes. */
  text?: boolean;
}

/** A letter that waits for the store. */
interface PendingLetter {
  readonly ready: Promise<DeadLetter>;
  readonly stored: (end: Promise<void>) => void;
}

/** Maximum number of concurrent writes to the store. */
const MAX_WRITES = 64;
/** The first and the longest pause after a failure of the store. The pause doubles with each failure. */
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 16_000;
/** How long everything except a new letter waits for an unavailable store: the sum of the first four pauses. */
const SHORT_WAIT_MS = 15_000;

/**
 * For custom stores: the `writer` of their dead letters.
 * @public
 */
export const deadLetterWriter: LetterWriterFactory = (host, letters) => new StoreLetterWriter(host, letters);

/** Builds, encrypts, stores and decrypts letters. */
export class StoreLetterWriter implements LetterWriter, ReplayHost {
  readonly clients: LetterClients;
  readonly line: LetterLine;
  readonly cipher: RecordCipher | undefined;
  readonly #queue: PendingLetter[] = [];
  readonly #pending = new Set<Promise<void>>();
  #isWriting = false;
  /** Whether the store failed for longer than the short wait. Everything except a new letter then tries only once. */
  #isStoreAway = false;

  constructor(
    readonly host: LetterHost,
    readonly letters: DeadLetters,
  ) {
    this.line = host.line;
    this.clients = new LetterClients(host.line, letters);
    const keys = (host.key as Uint8Array[] | undefined) ?? letters.keys ?? [];
    this.cipher = keys.length > 0 ? new RecordCipher(keys, 'letter') : undefined;
  }

  /** @returns a function that keeps the letter. Everything that may change is read before. */
  keepCall(call: ActiveCall, reason: string, given: LetterParts | undefined, at: number): () => Promise<void> {
    const parts = given ?? readParts(call);
    const origin = this.clients.originOf(call, parts);
    return () => {
      const ready = this.#buildCallLetter(call, reason, parts, origin, at);
      call.context?.onLetter?.(
        ready.then(
          ({ missing }) => missing.length === 0,
          () => false,
        ),
      );
      return this.#enqueue(ready);
    };
  }

  keepFrame(frame: LostFrame, at: number): Promise<void> {
    const { headers = [], ...kept } = frame;
    return this.#enqueue(this.#buildFrameLetter({ ...kept, ...this.clients.originOfFrame(headers) }, at));
  }

  /** Deletes the letter of a step that was answered. It waits for all pending letters first, which may include this letter. */
  async removeAnswered(id: string): Promise<void> {
    await Promise.allSettled(this.#pending);
    if (await this.retryOnStoreFailure(() => this.letters.delete(id)))
      this.#report('removed', { id, reason: 'answered' });
  }

  async remove(id: string): Promise<boolean> {
    const isRemoved = await this.letters.delete(id);
    if (isRemoved) this.#report('removed', { id, reason: 'removed by the application' });
    return isRemoved;
  }

  replay(options: ReplayOptions): Promise<ReplayReport> {
    return new Replay(this, options).run();
  }

  /** Decrypts a letter. Undefined: no key decrypts it. */
  async decrypt(letter: DeadLetter): Promise<LetterContents | undefined> {
    const { id, url, sealed } = letter;
    const plain = letter.kind === 'call' ? letter.headers : {};
    if (sealed === undefined) return { url, headers: plain, body: undefined };
    const secrets = (await this.cipher?.decrypt(id, sealed)) as SecretParts | undefined;
    if (!secrets) return undefined;
    const { body, text } = secrets;
    return {
      url: secrets.url ?? url,
      headers: { ...plain, ...secrets.headers },
      body: body === undefined || text ? body : fromBinaryString(body),
    };
  }

  reportReplayed(letter: DeadLetter): void {
    this.host.counts.replayed++;
    this.#report('replayed', letter);
  }

  /** Reports a letter that no client may send. */
  reportWaiting(letter: DeadLetter, message: string | undefined): void {
    this.#report('waiting', letter, message);
  }

  /** Returns a page of letters. Each letter says what it waits for. */
  async list(after: string, limit: number): Promise<ListedPage> {
    const { letters, next } = await this.letters.list(after, limit);
    return { letters: await Promise.all(letters.map((letter) => this.#describe(letter))), next };
  }

  async #describe(letter: DeadLetter): Promise<ListedLetter> {
    // The whole URL identifies the socket of a frame.
    const url = letter.kind === 'frame' ? ((await this.decrypt(letter))?.url ?? letter.url) : letter.url;
    const method = letter.kind === 'call' ? letter.method : 'SEND';
    const choice = this.clients.choose(letter, { kind: letter.kind, method, url, headers: {}, body: undefined });
    return { ...letter, waitsFor: 'waitsFor' in choice ? choice.waitsFor : undefined };
  }

  /** Reports a letter that failed again. */
  reportReturned(letter: DeadLetter): void {
    this.#report('returned', letter);
  }

  /** Repeats work on the store after temporary failures. A closing line does not wait for a repetition. */
  retryOnStoreFailure<T>(work: () => Promise<T>): Promise<T> {
    return this.#retry(work, SHORT_WAIT_MS, () => this.#isStoreAway);
  }

  async #retry<T>(work: () => Promise<T>, maxWaitMs: number, isHopeless: () => boolean): Promise<T> {
    const { line, host } = this;
    const { closing } = host;
    let pauseMs = FIRST_PAUSE_MS;
    for (let waitedMs = 0; ; waitedMs += pauseMs, pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
      try {
        const result = await work();
        this.#isStoreAway = false;
        return result;
      } catch (error) {
        this.#isStoreAway ||= waitedMs >= SHORT_WAIT_MS;
        if (waitedMs >= maxWaitMs || closing.cancelled || isHopeless()) throw error;
        await closing.within(line.ports.clock, pauseMs);
      }
    }
  }

  #report(
    what: 'kept' | 'replayed' | 'returned' | 'removed' | 'waiting',
    letter: Pick<DeadLetter, 'id' | 'reason'> & Partial<DeadLetter>,
    message?: string,
  ): void {
    const { events } = this.line;
    if (!events.has('deadLetter')) return;
    const { id, kind = 'call', reason, replays = 0 } = letter;
    events.emit('deadLetter', { what, id, kind, reason, replays, message });
  }

  /** Queues a letter for the store. Letters are stored in the order of their failures, which a replay keeps. */
  #enqueue(ready: Promise<DeadLetter>): Promise<void> {
    // The queue handles a rejection when the letter has its turn.
    ready.catch(() => undefined);
    const written = new Promise<void>((resolve) => {
      this.#queue.push({ ready, stored: resolve });
      if (!this.#isWriting) void this.#writeQueue();
    }).finally(() => this.#pending.delete(written));
    this.#pending.add(written);
    return written;
  }

  async #writeQueue(): Promise<void> {
    this.#isWriting = true;
    const puts = new Set<Promise<void>>();
    for (let next = this.#queue[0]; next; next = this.#queue[0]) {
      if (puts.size >= MAX_WRITES) await Promise.race(puts);
      try {
        const letter = await next.ready;
        const put = this.#write(letter).finally(() => puts.delete(put));
        puts.add(put);
        next.stored(put);
      } catch (error) {
        next.stored(Promise.reject(error as Error));
      }
      this.#queue.shift();
    }
    this.#isWriting = false;
  }

  async #write(letter: DeadLetter): Promise<void> {
    const { host } = this;
    try {
      const put = (): Promise<readonly string[]> => this.letters.put(letter, host.options.keepMs);
      const deleted = await this.#retry(put, host.options.maxStoreOutageMs, () => false);
      host.counts.kept++;
      this.#report('kept', letter);
      for (const id of deleted) host.reportLost({ id, kind: letter.kind, reason: 'oldest' }, 'the store is full');
    } catch (error) {
      host.reportLost(letter, messageOf(error));
    }
  }

  async #buildCallLetter(
    call: ActiveCall,
    reason: string,
    parts: LetterParts,
    origin: LetterOrigin,
    at: number,
  ): Promise<DeadCall> {
    const { info, route, request, context, tenant, priority, weight, method } = call;
    const key = info.facts?.key;
    const id = key?.step ?? randomKey(this.line.ports.random);
    const { plain, secret } = classifyHeaders(parts.headers, this.line.policiesOf(call).idempotency);
    const { sealed, missing } = await this.#encryptParts(id, parts.url, secret, parts.body);
    return {
      kind: 'call',
      id,
      client: request.client ?? '',
      ...origin,
      method,
      url: stripQuery(parts.url),
      route: route.name,
      headers: plain,
      tenant,
      priority: PRIORITIES[priority] ?? 'normal',
      weight,
      transaction: context?.transaction,
      key,
      ...(request.repeatable !== undefined && { repeatable: request.repeatable }),
      keptAt: at,
      reason,
      mayBeExecuted: info.mayBeExecuted,
      replays: 0,
      sealed,
      missing,
    };
  }

  async #buildFrameLetter({ data, ...frame }: LostFrame & LetterOrigin, at: number): Promise<DeadFrame> {
    const id = randomKey(this.line.ports.random);
    const { sealed, missing } = await this.#encryptParts(id, frame.url, {}, data);
    return {
      ...frame,
      kind: 'frame',
      id,
      url: stripQuery(frame.url),
      binary: typeof data !== 'string',
      keptAt: at,
      replays: 0,
      sealed,
      missing,
    };
  }

  async #encryptParts(
    id: string,
    url: string,
    headers: Record<string, string>,
    given: LetterBody | Promise<LetterBody>,
  ): Promise<{ sealed: string | undefined; missing: LetterPart[] }> {
    const missing: LetterPart[] = [];
    const secrets: SecretParts = {};
    const has = { query: stripQuery(url) !== url.replace(/#.*$/s, ''), headers: Object.keys(headers).length > 0 };
    if (has.query) secrets.url = url;
    if (has.headers) secrets.headers = headers;
    let body: LetterBody = null;
    try {
      body = await given;
    } catch {
      // The body can no longer be read.
    }
    // Each character takes at least one byte, so the length is a lower limit of the size.
    const isKept = body !== null && (body === undefined || body.length <= this.host.options.maxBodyBytes);
    if (isKept && body !== undefined)
      Object.assign(
        secrets,
        typeof body === 'string' ? { body, text: true } : { body: toBinaryString(body as Uint8Array) },
      );
    if (Object.keys(secrets).length === 0) return { sealed: undefined, missing: isKept ? [] : ['body'] };
    if (this.cipher) return { sealed: await this.cipher.encrypt(id, secrets), missing: isKept ? [] : ['body'] };
    if (has.query) missing.push('query');
    if (has.headers) missing.push('headers');
    if (!isKept || secrets.body !== undefined) missing.push('body');
    return { sealed: undefined, missing };
  }
}

/** Reads the parts of a letter from a request whose adapter supplies none. */
function readParts({ request, url }: ActiveCall): LetterParts {
  const headers = PLAIN_HEADERS.flatMap((name) => {
    const value = request.headers.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const body = request.replayable ? request.payload?.() : null;
  // With a content type but no payload, the body has a form that cannot be read here.
  const hasOther = body === undefined && request.headers.get('content-type') !== undefined;
  return { url, headers, body: hasOther ? null : body };
}

/** Sorts headers into those kept unencrypted and those to encrypt. All others are left out. */
function classifyHeaders(
  headers: LetterParts['headers'],
  idempotency: { header: string } | false,
): { plain: Record<string, string>; secret: Record<string, string> } {
  const plain: Record<string, string> = {};
  const secret: Record<string, string> = {};
  const own = idempotency ? idempotency.header.toLowerCase() : undefined;
  for (const [given, value] of headers) {
    const name = given.toLowerCase();
    if (PLAIN_HEADERS.includes(name)) plain[name] = value;
    else if (name !== own && !GENERATED_HEADERS.includes(name) && !CREDENTIAL_NAMES.test(name)) secret[name] = value;
  }
  return { plain, secret };
}
