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
import { randomKey } from '../../crypto/digest.js';
import { stripQuery } from '../../http/url.js';
import { toBase64, fromBase64, LetterCipher } from './cipher.js';
import { LetterClients, type LetterOrigin } from './clients.js';
import { CREDENTIALS, KEPT_AS_THEY_ARE, NOT_NEEDED } from './headers.js';
import type { LetterSecret } from './options.js';
import { type LetterContents, Replay, type ReplayHost } from './replay.js';

/** What is in the sealed part. */
interface SecretParts {
  url?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Whether the body is text, and not bytes. */
  text?: boolean;
}

/** A letter on its way to the store. */
interface PendingLetter {
  readonly ready: Promise<DeadLetter>;
  readonly stored: (end: Promise<void>) => void;
}

const MAX_WRITES = 64;
const MAX_TRIES = 5;
const FIRST_PAUSE_MS = 1_000;

/** For stores of your own: the `writer` of their dead letters. */
export const deadLetterWriter: LetterWriterFactory = (box, letters) => new StoreLetterWriter(box, letters);

/** Writes letters, keeps them, and opens them again. */
export class StoreLetterWriter implements LetterWriter, ReplayHost {
  readonly clients: LetterClients;
  readonly line: LetterLine;
  readonly cipher: LetterCipher | undefined;
  readonly #queue: PendingLetter[] = [];
  readonly #pending = new Set<Promise<void>>();
  #isWriting = false;
  /** Whether the last who insisted did so in vain: the others then try once. */
  #isStoreAway = false;

  constructor(
    readonly host: LetterHost,
    readonly letters: DeadLetters,
  ) {
    this.line = host.line;
    this.clients = new LetterClients(host.line, letters);
    const keys = (host.key as LetterSecret[] | undefined) ?? letters.keys ?? [];
    this.cipher = keys.length > 0 ? new LetterCipher(keys) : undefined;
  }

  /** @returns what keeps it, after everything that may change has been looked at. */
  keepCall(call: ActiveCall, reason: string, given: LetterParts | undefined, at: number): () => Promise<void> {
    const parts = given ?? defaultParts(call);
    const origin = this.clients.originOf(call, parts);
    return () => this.#enqueue(this.#buildCallLetter(call, reason, parts, origin, at));
  }

  keepFrame(frame: LostFrame, at: number): Promise<void> {
    const { headers = [], ...kept } = frame;
    return this.#enqueue(this.#buildFrameLetter({ ...kept, ...this.clients.originOfFrame(headers) }, at));
  }

  /** Deletes the letter of a step that was answered; after all that is on its way, which may be that letter. */
  async removeAnswered(id: string): Promise<void> {
    await Promise.allSettled(this.#pending);
    if (await this.retryOnStoreFailure(() => this.letters.delete(id)))
      this.#report('removed', { id, reason: 'answered' });
  }

  async remove(id: string): Promise<boolean> {
    const isGone = await this.letters.delete(id);
    if (isGone) this.#report('removed', { id, reason: 'by hand' });
    return isGone;
  }

  replay(options: ReplayOptions): Promise<ReplayReport> {
    return new Replay(this, options).run();
  }

  /** Undefined where none of the keys opens it. */
  async decrypt(letter: DeadLetter): Promise<LetterContents | undefined> {
    const { id, url, sealed } = letter;
    const plain = letter.kind === 'call' ? letter.headers : {};
    if (sealed === undefined) return { url, headers: plain, body: undefined };
    const opened = (await this.cipher?.decrypt(id, sealed)) as SecretParts | undefined;
    if (!opened) return undefined;
    const { body, text } = opened;
    return {
      url: opened.url ?? url,
      headers: { ...plain, ...opened.headers },
      body: body === undefined || text ? body : fromBase64(body),
    };
  }

  reportReplayed(letter: DeadLetter): void {
    this.host.counts.replayed++;
    this.#report('replayed', letter);
  }

  /** No client may send it. */
  reportWaiting(letter: DeadLetter, why: string | undefined): void {
    this.#report('waiting', letter, why);
  }

  /** A page of letters, with what each waits for. */
  async list(after: string, limit: number): Promise<ListedPage> {
    const { letters, next } = await this.letters.list(after, limit);
    return { letters: await Promise.all(letters.map((letter) => this.#describe(letter))), next };
  }

  async #describe(letter: DeadLetter): Promise<ListedLetter> {
    // The socket of a frame is known by its whole URL.
    const url = letter.kind === 'frame' ? ((await this.decrypt(letter))?.url ?? letter.url) : letter.url;
    const method = letter.kind === 'call' ? letter.method : 'SEND';
    const choice = this.clients.choose(letter, { kind: letter.kind, method, url, headers: {}, body: undefined });
    return { ...letter, waitsFor: 'waitsFor' in choice ? choice.waitsFor : undefined };
  }

  /** It was given up again. */
  reportReturned(letter: DeadLetter): void {
    this.#report('returned', letter);
  }

  /** Does what may fail because the store is away for a moment. A line that is being closed waits for nothing. */
  async retryOnStoreFailure<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        const done = await work();
        this.#isStoreAway = false;
        return done;
      } catch (error) {
        this.#isStoreAway ||= tries === MAX_TRIES;
        const { line, host: box } = this;
        const { closing } = box;
        if (this.#isStoreAway || closing.cancelled) throw error;
        await closing.within(line.ports.clock, FIRST_PAUSE_MS * 2 ** (tries - 1));
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

  /** In the order in which they were given up, for a replay keeps it. */
  #enqueue(ready: Promise<DeadLetter>): Promise<void> {
    // Looked at in its turn.
    ready.catch(() => undefined);
    const post = new Promise<void>((resolve) => {
      this.#queue.push({ ready, stored: resolve });
      if (!this.#isWriting) void this.#writeQueue();
    }).finally(() => this.#pending.delete(post));
    this.#pending.add(post);
    return post;
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
    const { host: box } = this;
    try {
      const gone = await this.retryOnStoreFailure(() => this.letters.put(letter, box.options.keepMs));
      box.counts.kept++;
      this.#report('kept', letter);
      for (const id of gone) box.reportLost({ id, kind: letter.kind, reason: 'oldest' }, 'the store is full');
    } catch (error) {
      box.reportLost(letter, messageOf(error));
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
      // It could not be read any more.
    }
    // A character is at least a byte.
    const isKept = body !== null && (body === undefined || body.length <= this.host.options.maxBodyBytes);
    if (isKept && body !== undefined)
      Object.assign(secrets, typeof body === 'string' ? { body, text: true } : { body: toBase64(body as Uint8Array) });
    if (Object.keys(secrets).length === 0) return { sealed: undefined, missing: isKept ? [] : ['body'] };
    if (this.cipher) return { sealed: await this.cipher.encrypt(id, secrets), missing: isKept ? [] : ['body'] };
    if (has.query) missing.push('query');
    if (has.headers) missing.push('headers');
    if (!isKept || secrets.body !== undefined) missing.push('body');
    return { sealed: undefined, missing };
  }
}

/** What can be had of a request of an adapter that says nothing of letters. */
function defaultParts({ request, url }: ActiveCall): LetterParts {
  const headers = KEPT_AS_THEY_ARE.flatMap((name) => {
    const value = request.headers.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const body = request.replayable ? request.payload?.() : null;
  // A body of a kind that has no bytes yet.
  const hasOther = body === undefined && request.headers.get('content-type') !== undefined;
  return { url, headers, body: hasOther ? null : body };
}

/** Headers as they may be kept: as they are, encrypted, or not at all. */
function classifyHeaders(
  headers: LetterParts['headers'],
  idempotency: { header: string } | false,
): { plain: Record<string, string>; secret: Record<string, string> } {
  const plain: Record<string, string> = {};
  const secret: Record<string, string> = {};
  const own = idempotency ? idempotency.header.toLowerCase() : undefined;
  for (const [given, value] of headers) {
    const name = given.toLowerCase();
    if (KEPT_AS_THEY_ARE.includes(name)) plain[name] = value;
    else if (name !== own && !NOT_NEEDED.includes(name) && !CREDENTIALS.test(name)) secret[name] = value;
  }
  return { plain, secret };
}
