import type { Clock, Random, SessionKeys } from '@holdline/core';
import { FleetPlace } from './place.js';
import type { ResolvedHandshakes } from './options.js';

/** A place in the line for a key: the first has the session, the others wait for it. */
export class Session {
  /** Settles when it is this one's turn; undefined where it is so at once. Rejects where it may not begin. */
  readonly turn: Promise<void> | undefined;
  /** It is this one's turn. */
  begin: () => void = () => undefined;
  /** It may not begin. */
  refuse: (error: Error) => void = () => undefined;
  /** Where the key is a fleet's: its place there, once it is the first of this process. */
  place: FleetPlace | undefined = undefined;

  constructor(
    readonly replaced: () => void,
    mustWait: boolean,
  ) {
    if (!mustWait) return;
    this.turn = new Promise((resolve, reject) => {
      this.begin = resolve;
      this.refuse = reject;
    });
    // Whoever has given it up does not listen any more.
    this.turn.catch(() => undefined);
  }
}

/**
 * Sees to it that of the sessions with one key only one is under way: in this process, and where there are keys of a fleet, in all of
 * it. Of each process only the first in line is seen there.
 */
export class Sessions {
  readonly #all = new Map<string, Session[]>();

  constructor(
    readonly options: ResolvedHandshakes,
    readonly clock: Clock,
    readonly random: Random,
    readonly keys: SessionKeys | undefined,
  ) {}

  /** @param replaced Called where another one takes its place: it is to end, and then to leave. */
  enter(key: string, replaced: () => void): Session {
    const before = this.#all.get(key) ?? [];
    const session = new Session(replaced, before.length > 0 || this.keys !== undefined);
    this.#all.set(key, [...before, session]);
    if (before.length === 0) this.#isFirst(key, session);
    if (this.options.secondSession === 'replace') for (const older of before) older.replaced();
    return session;
  }

  leave(key: string, session: Session): void {
    const all = this.#all.get(key);
    const at = all?.indexOf(session) ?? -1;
    if (!all || at < 0) return;
    all.splice(at, 1);
    session.place?.leave();
    if (all.length === 0) this.#all.delete(key);
    else if (at === 0) this.#isFirst(key, all[0] as Session);
  }

  #isFirst(key: string, session: Session): void {
    if (!this.keys) return session.begin();
    const { sessionClaimMs: claimMs, secondSession } = this.options;
    const options = { claimMs, replaces: secondSession === 'replace' };
    session.place = new FleetPlace(this.keys, key, options, this.clock, this.random, {
      begin: () => session.begin(),
      replaced: () => session.replaced(),
      refused: (error) => session.refuse(error),
    });
  }
}
