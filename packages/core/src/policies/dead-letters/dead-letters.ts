import type { ActiveCall } from '../../call/call.js';
import type { LetterParts } from '../../contract/call.js';
import { Cancellation } from '../../contract/cancellation.js';
import type { Undo } from '../../contract/clock.js';
import type {
  DeadLetterQueue,
  DeadLetters,
  DeadLetterSnapshot,
  LetterHost,
  LetterLine,
  LetterSender,
  LetterWriter,
  ListedPage,
  LostFrame,
  ReplayOptions,
  ReplayReport,
} from '../../contract/dead-letters.js';
import { ConfigError, messageOf } from '../../contract/errors.js';
import { stripQuery } from '../../http/url.js';
import { DEAD_LETTER_DEFAULTS, type DeadLetterOptions, type GivenUp } from './options.js';

/** Letters on their way to the store, before more are lost. As many as a queue of calls holds, for all of them may end at once. */
const MAX_PENDING = 10_000;

/** The dead letters of one line. What is needed only where they are kept comes with the store. */
export class LineDeadLetters implements DeadLetterQueue, LetterHost {
  readonly options: Required<Omit<DeadLetterOptions, 'key'>>;
  readonly counts: DeadLetterSnapshot = { kept: 0, replayed: 0, lost: 0 };
  // Whoever logs the line is shown neither it once more, nor the key.
  readonly #line: LetterLine;
  readonly #key: DeadLetterOptions['key'];
  readonly #writer: LetterWriter | undefined;
  readonly #pending = new Set<Promise<void>>();
  /** Cancelled when the line is closed. */
  readonly closing = new Cancellation();

  /** @param letters The place of the store for dead letters, if it has one. */
  constructor(given: DeadLetterOptions | false | undefined, line: LetterLine, letters: DeadLetters | undefined) {
    this.#line = line;
    const { key, ...options } = given || {};
    this.#key = key;
    this.options = { ...DEAD_LETTER_DEFAULTS, ...options };
    if (!letters || given === false) return;
    this.#writer = letters.writer(this, letters);
  }

  /** How many letters the store has not taken yet. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Nothing waits for a store that is away any more. */
  close(): void {
    this.closing.cancel('closed');
  }

  get line(): LetterLine {
    return this.#line;
  }

  get key(): DeadLetterOptions['key'] {
    return this.#key;
  }

  get isOn(): boolean {
    return this.#writer !== undefined;
  }

  async list({ after = '', limit = 100 }: { after?: string; limit?: number } = {}): Promise<ListedPage> {
    const writer = this.#requireWriter();
    await this.#settlePending();
    return writer.list(after, limit);
  }

  async replay(options: ReplayOptions = {}): Promise<ReplayReport> {
    const writer = this.#requireWriter();
    await this.#settlePending();
    return writer.replay(options);
  }

  async remove(id: string): Promise<boolean> {
    return this.#requireWriter().remove(id);
  }

  keep(frame: LostFrame): void {
    const at = this.#line.ports.clock.wall();
    const data = typeof frame.data === 'string' ? frame.data : frame.data.slice();
    this.#keepWith(frame, (writer) => writer.keepFrame({ ...frame, data }, at));
  }

  sendBy(client: string, sender: LetterSender, owner?: object): Undo {
    return this.#writer?.clients.add(client, sender, owner) ?? (() => undefined);
  }

  used(owner: object, tenant: string): void {
    this.#writer?.clients.recordTenant(owner, tenant);
  }

  /** Whether the user wants a call kept; a fault in his function loses nothing. */
  isWanted(keep: (call: GivenUp) => boolean, call: ActiveCall, reason: string): boolean {
    const { method, url, route, info } = call;
    try {
      return keep({ method, url: stripQuery(url), route: route.name, reason, mayBeExecuted: info.mayBeExecuted });
    } catch {
      return true;
    }
  }

  keepCall(call: ActiveCall, reason: string): void {
    const at = this.#line.ports.clock.wall();
    let parts: LetterParts | undefined;
    try {
      // Now: the client lets go of the body as soon as its caller has the error.
      parts = call.request.letter?.();
    } catch {
      // Then without what it alone knows.
    }
    const keep = this.#writer?.keepCall(call, reason, parts, at);
    if (keep) this.#keepWith({ reason }, keep);
  }

  /** A call under a key that was tried before was answered: a letter of it is of no use any more. */
  removeAnswered(call: ActiveCall): void {
    const step = call.info.facts?.key?.step;
    if (step !== undefined) this.#track(this.#requireWriter().removeAnswered(step));
  }

  /** Settles when all that was given up so far is in the store, or lost. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await this.#settlePending();
  }

  async #settlePending(): Promise<void> {
    await Promise.all(this.#pending);
  }

  reportLost(letter: { id?: string; kind?: 'call' | 'frame'; reason: string; replays?: number }, why: string): void {
    const { id, kind = 'call', reason, replays = 0 } = letter;
    this.counts.lost++;
    const { events } = this.#line;
    if (events.has('deadLetter')) events.emit('deadLetter', { what: 'lost', id, kind, reason, replays, message: why });
  }

  #keepWith(given: { reason: string; data?: unknown }, keep: (writer: LetterWriter) => Promise<void>): void {
    if (!this.#writer) return;
    const lost = { reason: given.reason, kind: 'data' in given ? ('frame' as const) : ('call' as const) };
    if (this.#pending.size >= MAX_PENDING) {
      this.reportLost(lost, 'too many on their way to the store');
      return;
    }
    const kept = Promise.resolve(this.#writer).then(keep);
    this.#track(kept.catch((error: unknown) => this.reportLost(lost, messageOf(error))));
  }

  #track(work: Promise<void>): void {
    const followed = work
      .catch(() => undefined)
      .finally(() => {
        this.#pending.delete(followed);
      });
    this.#pending.add(followed);
  }

  #requireWriter(): LetterWriter {
    if (!this.#writer)
      throw new ConfigError('no dead letters are kept: give the line a store that has a place for them');
    return this.#writer;
  }
}
