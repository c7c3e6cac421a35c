import type { SharedToken, TokenClaim, Tokens } from '../../contract/tokens.js';
import type { Undo } from '../../contract/clock.js';
import type { VirtualClock } from '../../testing.js';
import { GrantError } from '../../contract/grant-error.js';
import type { AccessToken, Grant, GrantInput } from './options.js';
import { tokenFleet } from './shared-token.js';

interface Entry {
  token: SharedToken | undefined;
  expiresAt: number;
  epoch: number;
  fence: number;
  lockedUntil: number;
}

/** Shared tokens as the scripts of the Redis store keep them, on a virtual clock. */
export class SharedTokens implements Tokens {
  readonly fleet = tokenFleet;
  readonly entries = new Map<string, Entry>();
  /** Whether every operation fails. */
  isLost = false;
  /** Fails the next puts, one each. */
  failingPuts = 0;
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor(readonly clock: VirtualClock) {}

  async claim(name: string, epoch: number, forMs: number): Promise<TokenClaim> {
    await this.#trip();
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

  async put(
    name: string,
    fence: number,
    epoch: number,
    token: Omit<SharedToken, 'epoch'>,
  ): Promise<SharedToken | undefined> {
    await this.#trip();
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
    this.#tell(name);
    return entry.token;
  }

  async renew(name: string, fence: number, forMs: number): Promise<boolean> {
    await this.#trip();
    const entry = this.#entry(name);
    if (entry.fence !== fence) return false;
    entry.lockedUntil = this.clock.now() + forMs;
    return true;
  }

  async release(name: string, fence: number): Promise<void> {
    await this.#trip();
    const entry = this.#entry(name);
    if (entry.fence !== fence) return;
    entry.lockedUntil = 0;
    this.#tell(name);
  }

  listen(name: string, fn: () => void): Undo {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    const entry = (): void => fn();
    listeners.add(entry);
    return () => listeners.delete(entry);
  }

  /** How many listen. */
  get listening(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** It is there again. */
  back(): void {
    this.isLost = false;
    for (const name of [...this.#listeners.keys()]) this.#tell(name);
  }

  #tell(name: string): void {
    for (const listener of this.#listeners.get(name) ?? []) void Promise.resolve().then(listener);
  }

  #entry(name: string): Entry {
    let entry = this.entries.get(name);
    if (!entry)
      this.entries.set(name, (entry = { token: undefined, expiresAt: 0, epoch: 0, fence: 0, lockedUntil: 0 }));
    return entry;
  }

  async #trip(): Promise<void> {
    await Promise.resolve();
    if (this.isLost) throw new Error('not connected');
  }
}

/** A login host that takes each refresh token once, as those do that rotate them. */
export class RotatingHost {
  /** The refresh token it takes next. */
  valid = 'rt-0';
  accepted = 0;
  refused = 0;
  /** Access tokens it gave out that still count. */
  readonly alive = new Set<string>();
  tookMs: () => number = () => 100;

  constructor(readonly clock: VirtualClock) {}

  async refresh(refreshToken: string): Promise<AccessToken> {
    const ms = this.tookMs();
    await new Promise<void>((resolve) => void this.clock.setTimer(ms / 2, resolve));
    const isRight = refreshToken === this.valid;
    if (isRight) {
      this.valid = `rt-${++this.accepted}`;
      this.alive.clear();
      this.alive.add(`t${this.accepted}`);
    } else this.refused++;
    const answer = { accessToken: `t${this.accepted}`, expiresInMs: 3_600_000, refreshToken: this.valid };
    await new Promise<void>((resolve) => void this.clock.setTimer(ms / 2, resolve));
    if (!isRight)
      throw new GrantError('the login host answered 400 invalid_grant', { retryable: false, refused: true });
    return answer;
  }

  /** A grant of one process, as those of the adapters are. */
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
