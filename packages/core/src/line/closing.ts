import { either, flag, nonNegative, oneOf, shape } from '../contract/check.js';
import { Cancellation } from '../contract/cancellation.js';
import type { Undo } from '../contract/clock.js';
import { ConfigError } from '../contract/errors.js';
import type { Ports } from '../contract/store.js';
import type { LineDeadLetters } from '../policies/dead-letters/dead-letters.js';
import type { Governor } from '../policies/governor/governor.js';
import type { TokenPool } from '../policies/token/pool.js';
import type { TokenSource } from '../policies/token/source.js';
import type { Events } from '../runtime/events.js';
import { settlesWithin } from '../runtime/settle.js';
import type { CloseOptions } from './holdline.js';

const CLOSE_MS = 5_000;
/** Share of the time for attempts on the wire. The rest is for dead letters and leases. */
const WIRE_SHARE = 0.8;
/** Share of the time after which tokens are revoked, also if dead letters or leases wait. */
const REVOKE_SHARE = 0.9;

const checkClose = shape<CloseOptions>({
  timeoutMs: nonNegative,
  revoke: either(oneOf('shared'), flag, (value) => typeof value === 'string'),
});

/** The parts of a line that end with it. */
export interface ClosingParts {
  readonly ports: Ports;
  readonly events: Events;
  readonly governor: Governor;
  readonly deadLetters: LineDeadLetters;
  readonly tokens: TokenSource | undefined;
  readonly pool: TokenPool | undefined;
  /** Stops listening to the store. */
  readonly stopWatchingStore: Undo;
}

/** Counts the active calls of a line, and closes the line. */
export class Closing {
  /** Number of calls that have not ended. */
  active = 0;
  /** Cancelled when the line closes. */
  readonly started = new Cancellation();
  /** Cancelled when the closing line abandons the attempts on the wire. */
  readonly cut = new Cancellation();
  /** Functions of adapters that end with the line. */
  readonly #hooks = new Set<() => Promise<unknown> | void>();
  readonly #idle = new Set<() => void>();
  #closed: Promise<void> | undefined;

  constructor(private readonly parts: ClosingParts) {}

  /** Wakes those who wait for the end of all calls. */
  reportIdle(): void {
    for (const resolve of this.#idle) resolve();
    this.#idle.clear();
  }

  /** Settles when all active calls have ended and their dead letters are in the store. */
  async drain(): Promise<void> {
    await this.#waitForCalls();
    await this.parts.deadLetters.settled();
  }

  onClose(end: () => Promise<unknown> | void): Undo {
    const entry = (): Promise<unknown> | void => end();
    this.#hooks.add(entry);
    return () => {
      this.#hooks.delete(entry);
    };
  }

  async close(options: CloseOptions): Promise<void> {
    const { timeoutMs = CLOSE_MS, revoke = false } = checkClose(options, 'options');
    const revokeAll = revoke === false ? undefined : this.#revocation(revoke === 'shared');
    if (!this.#closed) return (this.#closed = this.#close(timeoutMs, revokeAll));
    await this.#closed;
    await revokeAll?.(timeoutMs);
  }

  async #waitForCalls(): Promise<void> {
    if (this.active > 0) await new Promise<void>((resolve) => this.#idle.add(resolve));
  }

  /** Returns a function that revokes the tokens of the line. */
  #revocation(isShared: boolean): (ms: number) => Promise<unknown> {
    const { tokens, pool } = this.parts;
    const sources = tokens ? [tokens] : (pool?.members.map(({ source }) => source) ?? []);
    if (sources.length === 0 || sources.some((source) => !source.isRevocable))
      throw new ConfigError('options.revoke needs a token whose grant has a function revoke');
    return (ms) => Promise.all(sources.map((source) => source.revoke(isShared, ms)));
  }

  async #close(timeoutMs: number, revokeAll: ((ms: number) => Promise<unknown>) | undefined): Promise<void> {
    const { ports, events, governor, deadLetters, tokens, pool, stopWatchingStore } = this.parts;
    const { clock } = ports;
    const startedAt = clock.now();
    let others = 0;
    const follow = (end: Promise<unknown>): Promise<void> => {
      others++;
      const left = (): void => void others--;
      return end.then(left, left);
    };
    const ends = [governor.close(), ...[...this.#hooks].map(async (end) => end())].map(follow);
    // A grant may rotate a refresh token, so it gets the same time as attempts on the wire.
    const granted = Promise.all([tokens?.close(), pool?.close()]);
    void settlesWithin(clock, timeoutMs * WIRE_SHARE, granted).then((isOver) => {
      if (isOver) return;
      tokens?.cut();
      pool?.cut();
    });
    deadLetters.close();
    this.started.cancel('closed');
    let calls = 0;
    if (!(await settlesWithin(clock, timeoutMs * WIRE_SHARE, this.#waitForCalls()))) {
      calls = this.active;
      this.cut.cancel('closed');
    }
    const left = (part: number): number => Math.max(0, startedAt + timeoutMs * part - clock.now());
    // A grant that is under way may bring the token to revoke.
    const all = Promise.all([...ends, this.drain(), revokeAll && granted]);
    await settlesWithin(clock, left(revokeAll ? REVOKE_SHARE : 1), all);
    await revokeAll?.(left(1));
    stopWatchingStore();
    const tookMs = clock.now() - startedAt;
    events.emit('closed', { tookMs, calls, deadLetters: deadLetters.pending, others });
  }
}
