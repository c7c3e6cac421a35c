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

/**
 * Maximum number of letters that wait for the store. Further letters are lost. The number equals the size of the call queue, because
 * all queued calls may fail at the same time.
 */
const MAX_PENDING = 10_000;

/** The dead letters of one line. The store brings the writer and the replay, so that other pages do not load them. */
export class LineDeadLetters implements DeadLetterQueue, LetterHost {
  readonly options: Required<Omit<DeadLetterOptions, 'key'>>;
  readonly counts: DeadLetterSnapshot = { kept: 0, replayed: 0, lost: 0 };
  // Private fields, so that a log of the line shows neither the line again nor the key.
  readonly #line: LetterLine;
  readonly #key: DeadLetterOptions['key'];
  readonly #writer: LetterWriter | undefined;
  readonly #pending = new Set<Promise<void>>();
  /** Cancelled when the line is closed. */
  readonly closing = new Cancellation();

  /** @param letters - The dead letters of the store, if it has some. */
  constructor(options: DeadLetterOptions | false | undefined, line: LetterLine, letters: DeadLetters | undefined) {
    this.#line = line;
    const { key, ...others } = options || {};
    this.#key = key;
    this.options = { ...DEAD_LETTER_DEFAULTS, ...others };
    if (!letters || options === false) return;
    this.#writer = letters.writer(this, letters);
  }

  /** Number of letters that the store does not have yet. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Ends the waits for an unavailable store. */
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

  /** Calls the user's `keep` function. If it throws, the call is kept. */
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
      // Read immediately, because the client releases the body when its caller gets the error.
      const { url, headers, body } = call.request.letter?.() ?? {};
      if (url !== undefined && headers) parts = { url, headers, body };
    } catch {
      // The letter is kept without the parts that only the client knows.
    }
    const keep = this.#writer?.keepCall(call, reason, parts, at);
    if (keep) this.#keepWith({ reason }, keep);
  }

  /** Deletes the letter of an earlier call with the same key, because the write is answered now. */
  removeAnswered(call: ActiveCall): void {
    const step = call.info.facts?.key?.step;
    if (step !== undefined) this.#track(this.#requireWriter().removeAnswered(step));
  }

  /** Settles when every letter so far is stored or lost. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await this.#settlePending();
  }

  async #settlePending(): Promise<void> {
    await Promise.all(this.#pending);
  }

  reportLost(
    letter: { id?: string; kind?: 'call' | 'frame'; reason: string; replays?: number },
    message: string,
  ): void {
    const { id, kind = 'call', reason, replays = 0 } = letter;
    this.counts.lost++;
    const { events } = this.#line;
    if (events.has('deadLetter')) events.emit('deadLetter', { what: 'lost', id, kind, reason, replays, message });
  }

  #keepWith(given: { reason: string; data?: unknown }, keep: (writer: LetterWriter) => Promise<void>): void {
    if (!this.#writer) return;
    const lost = { reason: given.reason, kind: 'data' in given ? ('frame' as const) : ('call' as const) };
    if (this.#pending.size >= MAX_PENDING) {
      this.reportLost(lost, `${MAX_PENDING} letters wait for the store`);
      return;
    }
    const kept = Promise.resolve(this.#writer).then(keep);
    this.#track(kept.catch((error: unknown) => this.reportLost(lost, messageOf(error))));
  }

  #track(work: Promise<void>): void {
    const pending = work
      .catch(() => undefined)
      .finally(() => {
        this.#pending.delete(pending);
      });
    this.#pending.add(pending);
  }

  #requireWriter(): LetterWriter {
    if (!this.#writer)
      throw new ConfigError('the line keeps no dead letters: deadLetters is false, or store has no dead letters');
    return this.#writer;
  }
}
