import type { Clock, Undo } from '../contract/clock.js';
import type { SharedToken, TokenClaim, Tokens } from '../contract/tokens.js';
import { tokenSharing } from '../policies/token/shared-token.js';
import { OwnedSet } from '../runtime/owned-set.js';

/** A token as tabs exchange it. */
interface TabToken {
  readonly token: Omit<SharedToken, 'expiresInMs'>;
  /** Wall ms. All tabs have the same clock. */
  readonly expiresAt: number | undefined;
  /** Number of the lock. Of two tokens of one epoch the token with the higher fence counts. */
  readonly fence: number;
}

/** A message between tabs. */
type Message = { readonly name: string } & (
  | { readonly kind: 'token'; readonly known: TabToken }
  /** Asks the other tabs for their token. */
  | { readonly kind: 'ask' }
  /** The sender is logging in. */
  | { readonly kind: 'busy' }
  /** The login of the sender failed. */
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
 * Access tokens that the tabs of one origin share. A lock of the browser gives one tab the right to log in; the browser releases the
 * lock when that tab closes. Tabs exchange tokens in messages and keep them in memory.
 */
export class TabTokens implements Tokens {
  readonly sharing = tokenSharing;
  readonly #locks: LockManager;
  readonly #channel: BroadcastChannel;
  readonly #options: TabOptions;
  readonly #known = new Map<string, TabToken>();
  readonly #held = new Map<string, Held>();
  readonly #listeners = new Map<string, OwnedSet<() => void>>();
  /** Time of the last message of the tab that logs in, monotonic ms. */
  readonly #lastHeardAt = new Map<string, number>();
  /** Names whose lock this tab waits for. */
  readonly #watched = new Set<string>();
  /** Functions to call when another tab answers. */
  readonly #answers = new Map<string, Set<() => void>>();
  #lastFence = 0;

  constructor(locks: LockManager, channel: BroadcastChannel, options: TabOptions) {
    this.#locks = locks;
    this.#channel = channel;
    this.#options = options;
    channel.addEventListener('message', ({ data }: MessageEvent<Message>) => this.#receive(data));
  }

  async claim(name: string, epoch: number, forMs: number): Promise<TokenClaim> {
    const newer = this.#findNewer(name, epoch);
    if (newer) return { token: newer };
    if (forMs === 0) return { waitMs: 0 };
    const now = this.#options.clock.now();
    const since = this.#lastHeardAt.get(name);
    const isFrozen = since !== undefined && now - since >= this.#options.stealAfterMs;
    const held = await this.#acquireLock(name, isFrozen);
    if (!held) {
      if (since === undefined) this.#lastHeardAt.set(name, now);
      this.#watchLock(name);
      return { waitMs: Math.max(1, this.#options.stealAfterMs - (now - (since ?? now))) };
    }
    this.#lastHeardAt.delete(name);
    // The token of the previous tab may still be in transit, and a new tab knows no token yet.
    await this.#requestToken(name, epoch);
    const told = this.#findNewer(name, epoch);
    if (told) {
      this.#releaseLock(name, held);
      return { token: told };
    }
    return { fence: held.fence, refreshToken: this.#known.get(name)?.token.refreshToken };
  }

  renew(name: string, fence: number): Promise<boolean> {
    if (!this.#findHeld(name, fence)) return Promise.resolve(false);
    this.#send({ kind: 'busy', name });
    return Promise.resolve(true);
  }

  async put(
    name: string,
    fence: number,
    epoch: number,
    token: Omit<SharedToken, 'epoch'>,
  ): Promise<SharedToken | undefined> {
    // After this call, a tab that was frozen knows whether another tab has taken its lock.
    await this.#locks.query();
    const held = this.#findHeld(name, fence);
    if (!held) return undefined;
    const { accessToken, refreshToken, expiresInMs } = token;
    const next = Math.max(this.#known.get(name)?.token.epoch ?? 0, epoch) + 1;
    const expiresAt = expiresInMs === undefined ? undefined : this.#options.clock.wall() + expiresInMs;
    const known: TabToken = { token: { accessToken, refreshToken, epoch: next }, expiresAt, fence };
    this.#known.set(name, known);
    this.#send({ kind: 'token', name, known });
    this.#releaseLock(name, held);
    this.#notifyListeners(name);
    return { ...token, epoch: next };
  }

  remove(name: string, epoch: number): Promise<void> {
    const known = this.#known.get(name);
    if (known && known.token.epoch <= epoch) {
      // An empty token replaces it in all tabs. A new login gets a higher epoch.
      const token = { accessToken: '', refreshToken: undefined, epoch: known.token.epoch };
      const removed: TabToken = { token, expiresAt: 0, fence: known.fence + 1 };
      this.#known.set(name, removed);
      this.#send({ kind: 'token', name, known: removed });
    }
    return Promise.resolve();
  }

  release(name: string, fence: number): Promise<void> {
    const held = this.#findHeld(name, fence);
    if (held) {
      this.#releaseLock(name, held);
      this.#send({ kind: 'free', name });
    }
    return Promise.resolve();
  }

  listen(name: string, fn: () => void): Undo {
    let listeners = this.#listeners.get(name);
    if (!listeners) this.#listeners.set(name, (listeners = new OwnedSet()));
    return listeners.add(() => fn());
  }

  /** Ends the exchange with other tabs. */
  close(): void {
    for (const [name, held] of this.#held) this.#releaseLock(name, held);
    this.#channel.close();
  }

  #findNewer(name: string, epoch: number): SharedToken | undefined {
    const known = this.#known.get(name);
    if (!known || known.token.epoch <= epoch) return undefined;
    const { token, expiresAt } = known;
    const expiresInMs = expiresAt === undefined ? undefined : expiresAt - this.#options.clock.wall();
    return expiresInMs === undefined || expiresInMs > 0 ? { ...token, expiresInMs } : undefined;
  }

  #findHeld(name: string, fence: number): Held | undefined {
    const held = this.#held.get(name);
    return held?.fence === fence && !held.isLost ? held : undefined;
  }

  /** Takes the lock if no other tab has it. With `steal`, takes it from another tab. */
  #acquireLock(name: string, steal: boolean): Promise<Held | undefined> {
    return new Promise((resolve, reject) => {
      let held: Held | undefined;
      const granted = (lock: Lock | null): Promise<void> | undefined => {
        if (!lock) {
          resolve(undefined);
          return undefined;
        }
        return new Promise<void>((end) => {
          // All tabs have the same clock, so a later lock has a higher fence.
          const fence = (this.#lastFence = Math.max(this.#options.clock.wall(), this.#lastFence + 1));
          held = { fence, isLost: false, end };
          this.#held.set(name, held);
          resolve(held);
        });
      };
      const how: LockOptions = steal ? { steal } : { ifAvailable: true };
      this.#locks.request(this.#lockOf(name), how, granted).catch((error: unknown) => {
        // Another tab has taken the lock.
        if (held) held.isLost = true;
        else reject(error as Error);
      });
    });
  }

  #releaseLock(name: string, held: Held): void {
    if (this.#held.get(name) === held) this.#held.delete(name);
    held.end();
  }

  /** Calls the listeners when the lock is free, because a tab that closes sends no message. */
  #watchLock(name: string): void {
    if (this.#watched.has(name)) return;
    this.#watched.add(name);
    const free = (): void => {
      this.#watched.delete(name);
      this.#lastHeardAt.delete(name);
      this.#notifyListeners(name);
    };
    this.#locks.request(this.#lockOf(name), { mode: 'shared' }, () => undefined).then(free, free);
  }

  /** Asks the other tabs for their token, and waits for the first answer. */
  #requestToken(name: string, epoch: number): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#answers.get(name) ?? new Set();
      this.#answers.set(name, waiting);
      const done = (): void => {
        stop();
        waiting.delete(answered);
        if (waiting.size === 0) this.#answers.delete(name);
        resolve();
      };
      // Another tab may not have the newer token yet either.
      const answered = (): void => {
        if (this.#findNewer(name, epoch)) done();
      };
      const stop = this.#options.clock.setTimer(this.#options.answerMs, done);
      waiting.add(answered);
      this.#send({ kind: 'ask', name });
    });
  }

  #receive(message: Message): void {
    const { name } = message;
    if (message.kind === 'ask') {
      const known = this.#known.get(name);
      if (known) this.#send({ kind: 'token', name, known });
      return;
    }
    if (message.kind === 'busy') {
      if (this.#lastHeardAt.has(name)) this.#lastHeardAt.set(name, this.#options.clock.now());
      return;
    }
    if (message.kind === 'token') {
      if (!this.#accept(name, message.known)) return;
      for (const answered of [...(this.#answers.get(name) ?? [])]) answered();
    }
    this.#notifyListeners(name);
  }

  /** Stores a received token if it is newer than the known token. Returns whether it was. */
  #accept(name: string, next: TabToken): boolean {
    const known = this.#known.get(name);
    const isNewer =
      !known ||
      next.token.epoch > known.token.epoch ||
      (next.token.epoch === known.token.epoch && next.fence > known.fence);
    if (isNewer) this.#known.set(name, next);
    return isNewer;
  }

  #notifyListeners(name: string): void {
    for (const listener of this.#listeners.get(name)?.all() ?? []) listener();
  }

  #send(message: Message): void {
    this.#channel.postMessage(message);
  }

  #lockOf(name: string): string {
    return `${this.#options.name}:token:${name}`;
  }
}
