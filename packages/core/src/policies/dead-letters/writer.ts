import type { Call } from '../../call/call.js';
import type { LetterBody, LetterParts } from '../../contract/call.js';
import { PRIORITIES } from '../../contract/context.js';
import type {
  DeadCall,
  DeadFrame,
  DeadLetter,
  DeadLetters,
  LetterOffice,
  LetterPart,
  ListedLetter,
  ListedPage,
  LostFrame,
  ReplayOptions,
  ReplayReport,
} from '../../contract/dead-letters.js';
import { messageOf } from '../../contract/errors.js';
import { randomKey } from '../../crypto/digest.js';
import { bare } from '../../http/url.js';
import { binary, bytesOf, LetterSeal } from './cipher.js';
import { LetterClients, type LetterOrigin } from './clients.js';
import type { DeadLetterBox } from './dead-letters.js';
import { CREDENTIALS, KEPT_AS_THEY_ARE, NOT_NEEDED } from './headers.js';
import type { LetterSecret } from './options.js';
import { Replay } from './replay.js';

/** What is in the sealed part. */
interface Sealed {
  url?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Whether the body is text, and not bytes. */
  text?: boolean;
}

/** What a letter held, opened. */
export interface LetterContents {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
}

/** A letter on its way to the store. */
interface Outgoing {
  readonly ready: Promise<DeadLetter>;
  readonly stored: (end: Promise<void>) => void;
}

const MOST_PUTS = 64;
const MOST_TRIES = 5;
const FIRST_PAUSE_MS = 1_000;

/** For stores of your own: the `office` of their dead letters. */
export const letterOffice: LetterOffice = (box, letters) => new Office(box, letters);

/** Writes letters, keeps them, and opens them again. */
export class Office {
  readonly clients: LetterClients;
  readonly seal: LetterSeal | undefined;
  readonly #outgoing: Outgoing[] = [];
  readonly #posts = new Set<Promise<void>>();
  #isPosting = false;
  /** Whether the last who insisted did so in vain: the others then try once. */
  #isAway = false;

  constructor(
    readonly box: DeadLetterBox,
    readonly letters: DeadLetters,
  ) {
    this.clients = new LetterClients(box.line);
    const keys = (box.key as LetterSecret[] | undefined) ?? letters.keys ?? [];
    this.seal = keys.length > 0 ? new LetterSeal(keys) : undefined;
  }

  /** @returns what keeps it, after everything that may change has been looked at. */
  keepCall(call: Call, reason: string, given: LetterParts | undefined, at: number): () => Promise<void> {
    const parts = given ?? plainParts(call);
    const origin = this.clients.originOf(call, parts);
    return () => this.#post(this.#letterOf(call, reason, parts, origin, at));
  }

  keepFrame(frame: LostFrame, at: number): Promise<void> {
    const { headers = [], ...kept } = frame;
    return this.#post(this.#letterOfFrame({ ...kept, ...this.clients.originOfFrame(headers) }, at));
  }

  /** Deletes the letter of a step that was answered; after all that is on its way, which may be that letter. */
  async done(id: string): Promise<void> {
    await Promise.allSettled(this.#posts);
    if (await this.insist(() => this.letters.delete(id))) this.#tell('removed', { id, reason: 'answered' });
  }

  async remove(id: string): Promise<boolean> {
    const isGone = await this.letters.delete(id);
    if (isGone) this.#tell('removed', { id, reason: 'by hand' });
    return isGone;
  }

  replay(options: ReplayOptions): Promise<ReplayReport> {
    return new Replay(this, options).run();
  }

  /** Undefined where none of the keys opens it. */
  async open(letter: DeadLetter): Promise<LetterContents | undefined> {
    const { id, url, sealed } = letter;
    const plain = letter.kind === 'call' ? letter.headers : {};
    if (sealed === undefined) return { url, headers: plain, body: undefined };
    const opened = (await this.seal?.open(id, sealed)) as Sealed | undefined;
    if (!opened) return undefined;
    const { body, text } = opened;
    return {
      url: opened.url ?? url,
      headers: { ...plain, ...opened.headers },
      body: body === undefined || text ? body : bytesOf(body),
    };
  }

  replayed(letter: DeadLetter): void {
    this.box.counts.replayed++;
    this.#tell('replayed', letter);
  }

  /** No client may send it. */
  waits(letter: DeadLetter, why: string | undefined): void {
    this.#tell('waiting', letter, why);
  }

  /** A page of letters, with what each waits for. */
  async list(after: string, limit: number): Promise<ListedPage> {
    const { letters, next } = await this.letters.list(after, limit);
    return { letters: await Promise.all(letters.map((letter) => this.#listed(letter))), next };
  }

  async #listed(letter: DeadLetter): Promise<ListedLetter> {
    // The socket of a frame is known by its whole URL.
    const url = letter.kind === 'frame' ? ((await this.open(letter))?.url ?? letter.url) : letter.url;
    const method = letter.kind === 'call' ? letter.method : 'SEND';
    const choice = this.clients.choose(letter, { kind: letter.kind, method, url, headers: {}, body: undefined });
    return { ...letter, waitsFor: 'waitsFor' in choice ? choice.waitsFor : undefined };
  }

  /** It was given up again. */
  returned(letter: DeadLetter): void {
    this.#tell('returned', letter);
  }

  /** Does what may fail because the store is away for a moment. A line that is being closed waits for nothing. */
  async insist<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        const done = await work();
        this.#isAway = false;
        return done;
      } catch (error) {
        this.#isAway ||= tries === MOST_TRIES;
        const { ports, closing } = this.box;
        if (this.#isAway || closing.cancelled) throw error;
        await closing.within(ports.clock, FIRST_PAUSE_MS * 2 ** (tries - 1));
      }
    }
  }

  #tell(
    what: 'kept' | 'replayed' | 'returned' | 'removed' | 'waiting',
    letter: Pick<DeadLetter, 'id' | 'reason'> & Partial<DeadLetter>,
    message?: string,
  ): void {
    const { events } = this.box;
    if (!events.has('deadLetter')) return;
    const { id, kind = 'call', reason, replays = 0 } = letter;
    events.emit('deadLetter', { what, id, kind, reason, replays, message });
  }

  /** In the order in which they were given up, for a replay keeps it. */
  #post(ready: Promise<DeadLetter>): Promise<void> {
    // Looked at in its turn.
    ready.catch(() => undefined);
    const post = new Promise<void>((resolve) => {
      this.#outgoing.push({ ready, stored: resolve });
      if (!this.#isPosting) void this.#postAll();
    }).finally(() => this.#posts.delete(post));
    this.#posts.add(post);
    return post;
  }

  async #postAll(): Promise<void> {
    this.#isPosting = true;
    const puts = new Set<Promise<void>>();
    for (let next = this.#outgoing[0]; next; next = this.#outgoing[0]) {
      if (puts.size >= MOST_PUTS) await Promise.race(puts);
      try {
        const letter = await next.ready;
        const put = this.#put(letter).finally(() => puts.delete(put));
        puts.add(put);
        next.stored(put);
      } catch (error) {
        next.stored(Promise.reject(error as Error));
      }
      this.#outgoing.shift();
    }
    this.#isPosting = false;
  }

  async #put(letter: DeadLetter): Promise<void> {
    const { box } = this;
    try {
      const gone = await this.insist(() => this.letters.put(letter, box.options.keepMs));
      box.counts.kept++;
      this.#tell('kept', letter);
      for (const id of gone) box.lose({ id, kind: letter.kind, reason: 'oldest' }, 'the store is full');
    } catch (error) {
      box.lose(letter, messageOf(error));
    }
  }

  async #letterOf(call: Call, reason: string, parts: LetterParts, origin: LetterOrigin, at: number): Promise<DeadCall> {
    const { info, route, request, context, tenant, priority, weight, method } = call;
    const key = info.trace?.key;
    const id = key?.step ?? randomKey(this.box.ports.random);
    const { plain, secret } = sorted(parts.headers, route.policies.idempotency);
    const { sealed, missing } = await this.#sealed(id, parts.url, secret, parts.body);
    return {
      kind: 'call',
      id,
      client: request.client ?? '',
      ...origin,
      method,
      url: bare(parts.url),
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

  async #letterOfFrame({ data, ...frame }: LostFrame & LetterOrigin, at: number): Promise<DeadFrame> {
    const id = randomKey(this.box.ports.random);
    const { sealed, missing } = await this.#sealed(id, frame.url, {}, data);
    return {
      ...frame,
      kind: 'frame',
      id,
      url: bare(frame.url),
      binary: typeof data !== 'string',
      keptAt: at,
      replays: 0,
      sealed,
      missing,
    };
  }

  async #sealed(
    id: string,
    url: string,
    headers: Record<string, string>,
    given: LetterBody | Promise<LetterBody>,
  ): Promise<{ sealed: string | undefined; missing: LetterPart[] }> {
    const missing: LetterPart[] = [];
    const secrets: Sealed = {};
    const has = { query: bare(url) !== url.replace(/#.*$/s, ''), headers: Object.keys(headers).length > 0 };
    if (has.query) secrets.url = url;
    if (has.headers) secrets.headers = headers;
    let body: LetterBody = null;
    try {
      body = await given;
    } catch {
      // It could not be read any more.
    }
    // A character is at least a byte.
    const isKept = body !== null && (body === undefined || body.length <= this.box.options.maxBodyBytes);
    if (isKept && body !== undefined)
      Object.assign(secrets, typeof body === 'string' ? { body, text: true } : { body: binary(body as Uint8Array) });
    if (Object.keys(secrets).length === 0) return { sealed: undefined, missing: isKept ? [] : ['body'] };
    if (this.seal) return { sealed: await this.seal.close(id, secrets), missing: isKept ? [] : ['body'] };
    if (has.query) missing.push('query');
    if (has.headers) missing.push('headers');
    if (!isKept || secrets.body !== undefined) missing.push('body');
    return { sealed: undefined, missing };
  }
}

/** What can be had of a request of an adapter that says nothing of letters. */
function plainParts({ request, url }: Call): LetterParts {
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
function sorted(
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
