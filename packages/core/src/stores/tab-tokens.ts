import type { Clock, Undo } from '../contract/clock.js';
import type { SharedToken, TokenClaim, Tokens } from '../contract/tokens.js';
import { tokenFleet } from '../policies/token/shared-token.js';
import { OwnedSet } from '../runtime/owned-set.js';

/** A token as the tabs tell it each other. */
interface Known {
  readonly token: Omit<SharedToken, 'expiresInMs'>;
  /** Wall ms: all tabs have one clock. */
  readonly expiresAt: number | undefined;
  /** Of two tokens of one epoch the one with the higher fence counts. */
  readonly fence: number;
}

/** What tabs tell each other. */
type Message = { readonly name: string } & (
  | { readonly kind: 'token'; readonly known: Known }
  /** Who has the token? */
  | { readonly kind: 'ask' }
  /** A tab is logging in. */
  | { readonly kind: 'busy' }
  /** It gave up. */
  | { readonly kind: 'free' }
);

/** A lock that this tab holds. */
interface Held {
  readonly fence: number;
  isLost: boolean;
  readonly end: () => void;
}

interface TabOptions {
  readonly name: string;
  readonly answerMs: number;
  readonly stealAfterMs: number;
  readonly clock: Clock;
}

/**
 * Access tokens that the tabs of one origin share. The right to log in is a lock of the browser, which it takes from a tab that is
 * closed; tokens travel in messages, and are kept in memory.
 */
export class TabTokens implements Tokens {
  readonly fleet = tokenFleet;
  readonly #locks: LockManager;
  readonly #channel: BroadcastChannel;
  readonly #options: TabOptions;
  readonly #known = new Map<string, Known>();
  readonly #held = new Map<string, Held>();
  readonly #listeners = new Map<string, OwnedSet<() => void>>();
  /** Since when nothing was heard of the tab that logs in, monotonic ms. */
  readonly #silentSince = new Map<string, number>();
  /** Names whose lock is waited for. */
  readonly #watched = new Set<string>();
  /** Those who wait for an answer of another tab. */
  readonly #answers = new Map<string, Set<() => void>>();
  #lastFence = 0;

  constructor(locks: LockManager, channel: BroadcastChannel, options: TabOptions) {
    this.#locks = locks;
    this.#channel = channel;
    this.#options = options;
    channel.addEventListener('message', ({ data }: MessageEvent<Message>) => this.#hear(data));
  }

  async claim(name: string, epoch: number, forMs: number): Promise<TokenClaim> {
    const newer = this.#newer(name, epoch);
    if (newer) return { token: newer };
    if (forMs === 0) return { waitMs: 0 };
    const now = this.#options.clock.now();
    const since = this.#silentSince.get(name);
    const isFrozen = since !== undefined && now - since >= this.#options.stealAfterMs;
    const held = await this.#take(name, isFrozen);
    if (!held) {
      if (since === undefined) this.#silentSince.set(name, now);
      this.#watch(name);
      return { waitMs: Math.max(1, this.#options.stealAfterMs - (now - (since ?? now))) };
    }
    this.#silentSince.delete(name);
    // The token of the tab before may still be on its way, and a tab that was just opened knows none.
    await this.#ask(name, epoch);
    const told = this.#newer(name, epoch);
    if (told) {
      this.#leave(name, held);
      return { token: told };
    }
    return { fence: held.fence, refreshToken: this.#known.get(name)?.token.refreshToken };
  }

  renew(name: string, fence: number): Promise<boolean> {
    if (!this.#holds(name, fence)) return Promise.resolve(false);
    this.#tell({ kind: 'busy', name });
    return Promise.resolve(true);
  }

  async put(
    name: string,
    fence: number,
    epoch: number,
    token: Omit<SharedToken, 'epoch'>,
  ): Promise<SharedToken | undefined> {
    // A tab that was frozen hears only now that its lock is another one's.
    await this.#locks.query();
    const held = this.#holds(name, fence);
    if (!held) return undefined;
    const { accessToken, refreshToken, expiresInMs } = token;
    const next = Math.max(this.#known.get(name)?.token.epoch ?? 0, epoch) + 1;
    const expiresAt = expiresInMs === undefined ? undefined : this.#options.clock.wall() + expiresInMs;
    const known: Known = { token: { accessToken, refreshToken, epoch: next }, expiresAt, fence };
    this.#known.set(name, known);
    this.#tell({ kind: 'token', name, known });
    this.#leave(name, held);
    this.#listened(name);
    return { ...token, epoch: next };
  }

  release(name: string, fence: number): Promise<void> {
    const held = this.#holds(name, fence);
    if (held) {
      this.#leave(name, held);
      this.#tell({ kind: 'free', name });
    }
    return Promise.resolve();
  }

  listen(name: string, fn: () => void): Undo {
    let listeners = this.#listeners.get(name);
    if (!listeners) this.#listeners.set(name, (listeners = new OwnedSet()));
    return listeners.add(() => fn());
  }

  /** Hears of no tab any more. */
  close(): void {
    for (const [name, held] of this.#held) this.#leave(name, held);
    this.#channel.close();
  }

  #newer(name: string, epoch: number): SharedToken | undefined {
    const known = this.#known.get(name);
    if (!known || known.token.epoch <= epoch) return undefined;
    const { token, expiresAt } = known;
    const expiresInMs = expiresAt === undefined ? undefined : expiresAt - this.#options.clock.wall();
    return expiresInMs === undefined || expiresInMs > 0 ? { ...token, expiresInMs } : undefined;
  }

  #holds(name: string, fence: number): Held | undefined {
    const held = this.#held.get(name);
    return held?.fence === fence && !held.isLost ? held : undefined;
  }

  /** Takes the lock, if no other tab has it; or from the tab that has it. */
  #take(name: string, steal: boolean): Promise<Held | undefined> {
    return new Promise((resolve, reject) => {
      let held: Held | undefined;
      const granted = (lock: Lock | null): Promise<void> | undefined => {
        if (!lock) {
          resolve(undefined);
          return undefined;
        }
        return new Promise<void>((end) => {
          // All tabs have one clock, so that a later lock has a higher fence.
          const fence = (this.#lastFence = Math.max(this.#options.clock.wall(), this.#lastFence + 1));
          held = { fence, isLost: false, end };
          this.#held.set(name, held);
          resolve(held);
        });
      };
      const how: LockOptions = steal ? { steal } : { ifAvailable: true };
      this.#locks.request(this.#lockOf(name), how, granted).catch((error: unknown) => {
        // Another tab has taken it.
        if (held) held.isLost = true;
        else reject(error as Error);
      });
    });
  }

  #leave(name: string, held: Held): void {
    if (this.#held.get(name) === held) this.#held.delete(name);
    held.end();
  }

  /** Tells when the lock is free: a tab that is closed says nothing itself. */
  #watch(name: string): void {
    if (this.#watched.has(name)) return;
    this.#watched.add(name);
    const free = (): void => {
      this.#watched.delete(name);
      this.#silentSince.delete(name);
      this.#listened(name);
    };
    this.#locks.request(this.#lockOf(name), { mode: 'shared' }, () => undefined).then(free, free);
  }

  /** Asks the other tabs for their token, and waits for the first answer. */
  #ask(name: string, epoch: number): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#answers.get(name) ?? new Set();
      this.#answers.set(name, waiting);
      const done = (): void => {
        stop();
        waiting.delete(answered);
        if (waiting.size === 0) this.#answers.delete(name);
        resolve();
      };
      // One that knows nothing newer may not have heard yet either.
      const answered = (): void => {
        if (this.#newer(name, epoch)) done();
      };
      const stop = this.#options.clock.setTimer(this.#options.answerMs, done);
      waiting.add(answered);
      this.#tell({ kind: 'ask', name });
    });
  }

  #hear(message: Message): void {
    const { name } = message;
    if (message.kind === 'ask') {
      const known = this.#known.get(name);
      if (known) this.#tell({ kind: 'token', name, known });
      return;
    }
    if (message.kind === 'busy') {
      if (this.#silentSince.has(name)) this.#silentSince.set(name, this.#options.clock.now());
      return;
    }
    if (message.kind === 'token') {
      if (!this.#accept(name, message.known)) return;
      for (const answered of [...(this.#answers.get(name) ?? [])]) answered();
    }
    this.#listened(name);
  }

  /** Returns whether it is newer than what was known. */
  #accept(name: string, next: Known): boolean {
    const known = this.#known.get(name);
    const isNewer =
      !known ||
      next.token.epoch > known.token.epoch ||
      (next.token.epoch === known.token.epoch && next.fence > known.fence);
    if (isNewer) this.#known.set(name, next);
    return isNewer;
  }

  #listened(name: string): void {
    for (const listener of this.#listeners.get(name)?.all() ?? []) listener();
  }

  #tell(message: Message): void {
    this.#channel.postMessage(message);
  }

  #lockOf(name: string): string {
    return `${this.#options.name}:token:${name}`;
  }
}
