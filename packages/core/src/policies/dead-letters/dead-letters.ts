import type { Call } from '../../call/call.js';
import type { LetterParts } from '../../contract/call.js';
import { Cancellation } from '../../contract/cancellation.js';
import type { Undo } from '../../contract/clock.js';
import type {
  DeadLetterDesk,
  DeadLetterSnapshot,
  LetterSender,
  ListedPage,
  LostFrame,
  ReplayOptions,
  ReplayReport,
} from '../../contract/dead-letters.js';
import { ConfigError, messageOf } from '../../contract/errors.js';
import type { Ports } from '../../contract/store.js';
import { bare } from '../../http/url.js';
import type { Line } from '../../line/line.js';
import type { Events } from '../../runtime/events.js';
import { DEAD_LETTER_DEFAULTS, type DeadLetterOptions, type GivenUp } from './options.js';
import type { Office } from './writer.js';

/** Letters on their way to the store, before more are lost. As many as a queue of calls holds, for all of them may end at once. */
const MOST_UNDER_WAY = 10_000;

/** The dead letters of one line. What is needed only where they are kept comes with the store. */
export class DeadLetterBox implements DeadLetterDesk {
  readonly ports: Ports;
  readonly events: Events;
  readonly options: Required<Omit<DeadLetterOptions, 'key'>>;
  readonly counts: DeadLetterSnapshot = { kept: 0, replayed: 0, lost: 0 };
  // Whoever logs the line is shown neither it once more, nor the key.
  readonly #line: Line;
  readonly #key: DeadLetterOptions['key'];
  readonly #office: Office | undefined;
  readonly #underWay = new Set<Promise<void>>();
  /** Cancelled when the line is closed. */
  readonly closing = new Cancellation();

  constructor(given: DeadLetterOptions | false | undefined, line: Line) {
    this.ports = line.ports;
    this.events = line.events;
    this.#line = line;
    const { key, ...options } = given || {};
    this.#key = key;
    this.options = { ...DEAD_LETTER_DEFAULTS, ...options };
    const { deadLetters } = this.ports.store;
    if (!deadLetters || given === false) return;
    this.#office = deadLetters.office(this, deadLetters);
  }

  /** How many letters the store has not taken yet. */
  get onTheWay(): number {
    return this.#underWay.size;
  }

  /** Nothing waits for a store that is away any more. */
  close(): void {
    this.closing.cancel('closed');
  }

  get line(): Line {
    return this.#line;
  }

  get key(): DeadLetterOptions['key'] {
    return this.#key;
  }

  get isOn(): boolean {
    return this.#office !== undefined;
  }

  async list({ after = '', limit = 100 }: { after?: string; limit?: number } = {}): Promise<ListedPage> {
    const office = this.#open();
    await this.#soFar();
    return office.list(after, limit);
  }

  async replay(options: ReplayOptions = {}): Promise<ReplayReport> {
    const office = this.#open();
    await this.#soFar();
    return office.replay(options);
  }

  async remove(id: string): Promise<boolean> {
    return this.#open().remove(id);
  }

  keep(frame: LostFrame): void {
    const at = this.ports.clock.wall();
    const data = typeof frame.data === 'string' ? frame.data : frame.data.slice();
    this.#take(frame, (office) => office.keepFrame({ ...frame, data }, at));
  }

  sendBy(client: string, sender: LetterSender, owner?: object): Undo {
    return this.#office?.clients.add(client, sender, owner) ?? (() => undefined);
  }

  used(owner: object, tenant: string): void {
    this.#office?.clients.used(owner, tenant);
  }

  /** Whether the user wants a call kept; a fault in his function loses nothing. */
  asks(keep: (call: GivenUp) => boolean, call: Call, reason: string): boolean {
    const { method, url, route, info } = call;
    try {
      return keep({ method, url: bare(url), route: route.name, reason, mayBeExecuted: info.mayBeExecuted });
    } catch {
      return true;
    }
  }

  keepCall(call: Call, reason: string): void {
    const at = this.ports.clock.wall();
    let parts: LetterParts | undefined;
    try {
      // Now: the client lets go of the body as soon as its caller has the error.
      parts = call.request.letter?.();
    } catch {
      // Then without what it alone knows.
    }
    const keep = this.#office?.keepCall(call, reason, parts, at);
    if (keep) this.#take({ reason }, keep);
  }

  /** A call under a key that was tried before was answered: a letter of it is of no use any more. */
  done(call: Call): void {
    const step = call.info.trace?.key?.step;
    if (step !== undefined) this.#follow(this.#open().done(step));
  }

  /** Settles when all that was given up so far is in the store, or lost. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await this.#soFar();
  }

  async #soFar(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  lose(letter: { id?: string; kind?: 'call' | 'frame'; reason: string; replays?: number }, why: string): void {
    const { id, kind = 'call', reason, replays = 0 } = letter;
    this.counts.lost++;
    if (this.events.has('deadLetter'))
      this.events.emit('deadLetter', { what: 'lost', id, kind, reason, replays, message: why });
  }

  #take(given: { reason: string; data?: unknown }, keep: (office: Office) => Promise<void>): void {
    if (!this.#office) return;
    const lost = { reason: given.reason, kind: 'data' in given ? ('frame' as const) : ('call' as const) };
    if (this.#underWay.size >= MOST_UNDER_WAY) {
      this.lose(lost, 'too many on their way to the store');
      return;
    }
    const kept = Promise.resolve(this.#office).then(keep);
    this.#follow(kept.catch((error: unknown) => this.lose(lost, messageOf(error))));
  }

  #follow(work: Promise<void>): void {
    const followed = work
      .catch(() => undefined)
      .finally(() => {
        this.#underWay.delete(followed);
      });
    this.#underWay.add(followed);
  }

  #open(): Office {
    if (!this.#office)
      throw new ConfigError('no dead letters are kept: give the line a store that has a place for them');
    return this.#office;
  }
}
