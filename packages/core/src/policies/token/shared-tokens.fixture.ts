import type { SharedToken, TokenClaim, Tokens } from '../../contract/tokens.js';
import type { Undo } from '../../contract/clock.js';
import type { VirtualClock } from '../../testing.js';
import { GrantError } from '../../contract/grant-error.js';
import type { AccessToken, GrantInput } from '../../contract/tokens.js';
import type { Grant } from './options.js';
import { tokenSharing } from './shared-token.js';

interface Entry {
  token: SharedToken | undefined;
  expiresAt: number;
  epoch: number;
  fence: number;
  lockedUntil: number;
}

/** Shared tokens with the behaviour of the Redis scripts, on a virtual clock. */
export class SharedTokens implements Tokens {
  readonly sharing = tokenSharing;
  readonly entries = new Map<string, Entry>();
  /** Whether every operation fails. */
  isLost = false;
  /** Number of puts that still fail. */
  failingPuts = 0;
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor(readonly clock: VirtualClock) {}

  async claim(name: string, epoch: number, forMs: number): Promise<TokenClaim> {
    await this.#failIfLost();
    const entry = this.#entry(name);
    const now = this.clock.now();
    const { token } = entry;
    if (token && entry.epoch > epoch && entry.expiresAt > now)
      return { token: { ...token, expiresInMs: entry.expiresAt === Infinity ? undefined : entry.expiresAt - now } };
    if (forMs === 0) return { waitMs: 0 };
    if (entry.lockedUntil > now) return { waitMs: entry.lockedUntil - now };
    entry.lockedUntil = now + forMs;
    entry.fence++;
    return { fence: entry.fence, refreshToken: token?.refreshToken };
  }

  async remove(name: string, epoch: number): Promise<void> {
    await this.#failIfLost();
    const entry = this.#entry(name);
    if (entry.epoch <= epoch) entry.token = undefined;
  }

  async put(
    name: string,
    fence: number,
    epoch: number,
    token: Omit<SharedToken, 'epoch'>,
  ): Promise<SharedToken | undefined> {
    await this.#failIfLost();
    if (this.failingPuts > 0) {
      this.failingPuts--;
      throw new Error('the connection broke');
    }
    const entry = this.#entry(name);
    if (entry.fence !== fence) return undefined;
    entry.epoch = Math.max(entry.epoch, epoch) + 1;
    entry.token = { ...token, epoch: entry.epoch };
    entry.expiresAt = this.clock.now() + (token.expiresInMs ?? Infinity);
    entry.lockedUntil = 0;
    this.#notify(name);
    return entry.token;
  }

  async renew(name: string, fence: number, forMs: number): Promise<boolean> {
    await this.#failIfLost();
    const entry = this.#entry(name);
    if (entry.fence !== fence) return false;
    entry.lockedUntil = this.clock.now() + forMs;
    return true;
  }

  async release(name: string, fence: number): Promise<void> {
    await this.#failIfLost();
    const entry = this.#entry(name);
    if (entry.fence !== fence) return;
    entry.lockedUntil = 0;
    this.#notify(name);
  }

  listen(name: string, fn: () => void): Undo {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    const entry = (): void => fn();
    listeners.add(entry);
    return () => listeners.delete(entry);
  }

  /** Number of listeners. */
  get listening(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Ends a loss of the store. */
  restore(): void {
    this.isLost = false;
    for (const name of [...this.#listeners.keys()]) this.#notify(name);
  }

  #notify(name: string): void {
    for (const listener of this.#listeners.get(name) ?? []) void Promise.resolve().then(listener);
  }

  #entry(name: string): Entry {
    let entry = this.entries.get(name);
    if (!entry)
      this.entries.set(name, (entry = { token: undefined, expiresAt: 0, epoch: 0, fence: 0, lockedUntil: 0 }));
    return entry;
  }

  async #failIfLost(): Promise<void> {
    await Promise.resolve();
    if (this.isLost) throw new Error('not connected');
  }
}

/** A login host that rotates refresh tokens: it accepts each one once. */
export class RotatingHost {
  /** The refresh token that the host accepts next. */
  valid = 'rt-0';
  accepted = 0;
  refused = 0;
  /** Access tokens that are still valid. */
  readonly alive = new Set<string>();
  tookMs: () => number = () => 100;

  constructor(readonly clock: VirtualClock) {}

  async refresh(refreshToken: string): Promise<AccessToken> {
    const ms = this.tookMs();
    await new Promise<void>((resolve) => void this.clock.setTimer(ms / 2, resolve));
    const isValid = refreshToken === this.valid;
    if (isValid) {
      this.valid = `rt-${++this.accepted}`;
      this.alive.clear();
      this.alive.add(`t${this.accepted}`);
    } else this.refused++;
    const answer = { accessToken: `t${this.accepted}`, expiresInMs: 3_600_000, refreshToken: this.valid };
    await new Promise<void>((resolve) => void this.clock.setTimer(ms / 2, resolve));
    if (!isValid)
      throw new GrantError('the login host answered 400 invalid_grant', { retryable: false, refused: true });
    return answer;
  }

  /** The grant of one process, with the behaviour of the adapters' grants. */
  grant(first = 'rt-0', kept?: (token: AccessToken) => Promise<void>): Grant {
    let own = first;
    const grant = async (input?: GrantInput): Promise<AccessToken> => {
      const token = await this.refresh(input?.refreshToken ?? own);
      await input?.keep(token);
      own = token.refreshToken as string;
      await kept?.(token);
      return token;
    };
    return Object.assign(grant, { identity: () => 'the same user' });
  }
}
