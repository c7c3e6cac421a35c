import type { Clock, Random, SessionKeys } from '@holdline/core';
import type { ResolvedHandshakes } from './options.js';
import { SessionSlot } from './session-slot.js';

/** A session in the queue of its key. The first in the queue is open; the others wait. */
export class QueuedSession {
  /** Settles when this session may start; undefined if it may start immediately. Rejects if it may not start. */
  readonly turn: Promise<void> | undefined;
  grantTurn: () => void = () => undefined;
  refuseTurn: (error: Error) => void = () => undefined;
  /** The slot of this session in the shared store, once it is the first of this process. */
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
    // A session that was given up handles no rejection.
    this.turn.catch(() => undefined);
  }
}

/**
 * Keeps only one session of each key open, in this process and in all processes that share a store. Each process claims a slot
 * in the store only for the first session of its queue.
 */
export class SessionQueues {
  readonly #byKey = new Map<string, QueuedSession[]>();

  constructor(
    readonly options: ResolvedHandshakes,
    readonly clock: Clock,
    readonly random: Random,
    readonly keys: SessionKeys | undefined,
  ) {}

  /** @param onReplaced - Called when another session replaces this one. The session must end and be removed. */
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
