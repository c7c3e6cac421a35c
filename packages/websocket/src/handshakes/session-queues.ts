import type { Clock, Random, SessionKeys } from '@holdline/core';
import type { ResolvedHandshakes } from './options.js';
import { SessionSlot } from './session-slot.js';

/** A place in the line for a key: the first has the session, the others wait for it. */
export class QueuedSession {
  /** Settles when it is this one's turn; undefined where it is so at once. Rejects where it may not begin. */
  readonly turn: Promise<void> | undefined;
  /** It is this one's turn. */
  grantTurn: () => void = () => undefined;
  /** It may not begin. */
  refuseTurn: (error: Error) => void = () => undefined;
  /** Where the key is a fleet's: its place there, once it is the first of this process. */
  slot: SessionSlot | undefined = undefined;

  constructor(
    readonly onReplaced: () => void,
    mustWait: boolean,
  ) {
    if (!mustWait) return;
    this.turn = new Promise((resolve, reject) => {
      this.grantTurn = resolve;
      this.refuseTurn = reject;
    });
    // Whoever has given it up does not listen any more.
    this.turn.catch(() => undefined);
  }
}

/**
 * Sees to it that of the sessions with one key only one is under way: in this process, and where there are keys of a fleet, in all of
 * it. Of each process only the first in line is seen there.
 */
export class SessionQueues {
  readonly #byKey = new Map<string, QueuedSession[]>();

  constructor(
    readonly options: ResolvedHandshakes,
    readonly clock: Clock,
    readonly random: Random,
    readonly keys: SessionKeys | undefined,
  ) {}

  /** @param onReplaced Called where another one takes its place: it is to end, and then to leave. */
  addSession(key: string, onReplaced: () => void): QueuedSession {
    const earlier = this.#byKey.get(key) ?? [];
    const session = new QueuedSession(onReplaced, earlier.length > 0 || this.keys !== undefined);
    this.#byKey.set(key, [...earlier, session]);
    if (earlier.length === 0) this.#startFirst(key, session);
    if (this.options.secondSession === 'replace') for (const older of earlier) older.onReplaced();
    return session;
  }

  removeSession(key: string, session: QueuedSession): void {
    const queue = this.#byKey.get(key);
    const index = queue?.indexOf(session) ?? -1;
    if (!queue || index < 0) return;
    queue.splice(index, 1);
    session.slot?.release();
    if (queue.length === 0) this.#byKey.delete(key);
    else if (index === 0) this.#startFirst(key, queue[0] as QueuedSession);
  }

  #startFirst(key: string, session: QueuedSession): void {
    if (!this.keys) return session.grantTurn();
    const { sessionClaimMs: claimMs, secondSession } = this.options;
    const options = { claimMs, replaces: secondSession === 'replace' };
    session.slot = new SessionSlot(this.keys, key, options, this.clock, this.random, {
      onTurn: () => session.grantTurn(),
      onReplaced: () => session.onReplaced(),
      onRefused: (error) => session.refuseTurn(error),
    });
  }
}
