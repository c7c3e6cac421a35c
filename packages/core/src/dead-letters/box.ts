import { Cancellation, type Call, type LetterParts } from '../call.js';
import { ConfigError, messageOf } from '../errors.js';
import type { Events } from '../events.js';
import type { Line } from '../line.js';
import type { DeadFrame, DeadLetter, Ports, Undo } from '../ports.js';
import type { Office } from './office.js';
import { DEAD_LETTER_DEFAULTS, type DeadLetterOptions, type GivenUp } from './options.js';
import type { LetterSender, ReplayOptions, ReplayReport } from './replay.js';

/** A frame that will not be sent. */
export interface LostFrame extends Pick<DeadFrame, 'client' | 'url' | 'order' | 'reason' | 'mayBeExecuted' | 'tenant'> {
  readonly data: string | Uint8Array;
  /**
   * Headers of its handshake. Those that are a credential tell whose socket it was.
   * @defaultValue none
   */
  readonly headers?: LetterParts['headers'] | undefined;
}

/** A letter of a list. */
export type ListedLetter = DeadLetter & {
  /** Why a replay on this line would leave it where it is; undefined where a client of the line may send it. */
  readonly waitsFor: string | undefined;
};

/** Some letters, oldest first. */
export interface ListedPage {
  readonly letters: readonly ListedLetter[];
  /** Where the next page begins; undefined after the last. */
  readonly next: string | undefined;
}

/** How many letters a line kept, replayed and lost. */
export interface DeadLetterSnapshot {
  kept: number;
  replayed: number;
  lost: number;
}

/** What was given up on a line, where the line was given a store with a place for it. */
export interface DeadLetterDesk {
  /** Whether anything is kept. */
  readonly isOn: boolean;
  /**
   * Letters of the store, also those that other processes kept, oldest first.
   * @param page.after The `next` of the page before; left out: the first page.
   * @param page.limit @defaultValue 100
   * @throws ConfigError where nothing is kept; Error where the store fails.
   */
  list(page?: { after?: string; limit?: number }): Promise<ListedPage>;
  /**
   * Sends letters again, each as a call of its own through the whole line, under its old idempotency key. One that succeeds is
   * deleted; one that fails stays, with its count raised. Processes of a fleet never have the same letter in hands.
   * @throws ConfigError where nothing is kept or an option is wrong; Error where the store fails.
   */
  replay(options?: ReplayOptions): Promise<ReplayReport>;
  /**
   * Deletes a letter. False: there is none, or it is just being replayed.
   * @throws ConfigError where nothing is kept; Error where the store fails.
   */
  remove(id: string): Promise<boolean>;
  /** For adapters: keeps a frame that will not be sent. */
  keep(frame: LostFrame): void;
  /**
   * For adapters: how letters of a client are sent. A letter goes by the client that it came from, or by one with the same credential.
   *
   * @param client Name of the adapter, as its calls have it.
   * @param owner The guarded client, as its calls name it in `owner`. It is held weakly: a client that nobody uses any more is
   *   forgotten. Left out: the sender is held until undone.
   */
  sendBy(client: string, sender: LetterSender, owner?: object): Undo;
  /** For adapters: something of a tenant was sent by a client. What went without a credential is replayed by clients of its tenant. */
  used(owner: object, tenant: string): void;
}

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

/** A URL without what may be secret. */
export function bare(url: string): string {
  return url.replace(/[?#].*$/s, '').replace(/^([a-z][a-z\d+.-]*:\/\/)[^/@]*@/i, '$1');
}
