/** A place in the line for a key: the first has the session, the others wait for it. */
export class Session {
  /** Settles when it is this one's turn; undefined where it is so at once. */
  readonly turn: Promise<void> | undefined;
  /** It is this one's turn. */
  begin: () => void = () => undefined;

  constructor(
    readonly replaced: () => void,
    mustWait: boolean,
  ) {
    this.turn = mustWait ? new Promise((resolve) => (this.begin = resolve)) : undefined;
  }
}

/** Sees to it that of the sessions with one key only one is under way. */
export class Sessions {
  readonly #all = new Map<string, Session[]>();

  constructor(readonly second: 'wait' | 'replace') {}

  /** @param replaced Called where another one takes its place: it is to end, and then to leave. */
  enter(key: string, replaced: () => void): Session {
    const before = this.#all.get(key) ?? [];
    const session = new Session(replaced, before.length > 0);
    this.#all.set(key, [...before, session]);
    if (this.second === 'replace') for (const older of before) older.replaced();
    return session;
  }

  leave(key: string, session: Session): void {
    const all = this.#all.get(key);
    const at = all?.indexOf(session) ?? -1;
    if (!all || at < 0) return;
    all.splice(at, 1);
    if (all.length === 0) this.#all.delete(key);
    else if (at === 0) all[0]?.begin();
  }
}
