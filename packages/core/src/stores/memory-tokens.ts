import type { Clock, Undo } from '../contract/clock.js';
import type { SharedToken, TokenClaim, Tokens } from '../contract/tokens.js';
import { tokenSharing } from '../policies/token/shared-token.js';
import { ListenersByName } from '../runtime/listeners-by-name.js';
import { noRows, type Rows } from './rows.js';

const DAY_MS = 86_400_000;
/** How long a token without and with a refresh token is kept, ms. No platform honours a refresh token longer. */
const KEEP_MS = DAY_MS;
const KEEP_REFRESHABLE_MS = 90 * DAY_MS;

/** The row of a token. Times in wall ms. */
interface TokenRow {
  readonly epoch: number;
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly expiresAt: number | undefined;
  readonly keepUntil: number;
  readonly fence: number;
}

/** The token of one credential. Times in monotonic ms. */
interface Entry {
  epoch: number;
  token: { readonly accessToken: string; readonly refreshToken: string | undefined } | undefined;
  expiresAt: number;
  keepUntil: number;
  fence: number;
  /** End of the time in which the holder of the fence fetches a token. */
  lockedUntil: number;
}

/** Access tokens in the memory of the process, shared by its lines. With rows, they survive a restart. */
export class MemoryTokens implements Tokens {
  readonly sharing = tokenSharing;
  readonly #clock: Clock;
  readonly #rows: Rows;
  readonly #listeners: ListenersByName;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock, rows: Rows = noRows, listeners = new ListenersByName()) {
    this.#clock = clock;
    this.#rows = rows;
    this.#listeners = listeners;
    this.#load();
  }

  claim(credential: string, epoch: number, forMs: number): Promise<TokenClaim> {
    const now = this.#clock.now();
    const entry = this.#entryOf(credential);
    if (entry.token && entry.epoch > epoch && entry.expiresAt > now) {
      const expiresInMs = entry.expiresAt === Infinity ? undefined : entry.expiresAt - now;
      return Promise.resolve({ token: { ...entry.token, expiresInMs, epoch: entry.epoch } });
    }
    if (forMs === 0) return Promise.resolve({ waitMs: 0 });
    if (entry.lockedUntil > now) return Promise.resolve({ waitMs: Math.ceil(entry.lockedUntil - now) });
    // Fences follow the clock, so that no fence repeats after the row of a credential was deleted.
    entry.fence = Math.max(entry.fence + 1, Math.floor(this.#clock.wall()));
    entry.lockedUntil = now + forMs;
    return Promise.resolve({ fence: entry.fence, refreshToken: entry.token?.refreshToken });
  }

  async put(
    credential: string,
    fence: number,
    epoch: number,
    token: Omit<SharedToken, 'epoch'>,
  ): Promise<SharedToken | undefined> {
    const entry = this.#entryOf(credential);
    if (entry.fence !== fence) return undefined;
    this.#deleteOld();
    const { accessToken, refreshToken, expiresInMs } = token;
    const [now, wall] = [this.#clock.now(), this.#clock.wall()];
    const keepMs = refreshToken === undefined ? KEEP_MS : KEEP_REFRESHABLE_MS;
    entry.epoch = Math.max(entry.epoch, epoch) + 1;
    entry.token = { accessToken, refreshToken };
    entry.expiresAt = now + (expiresInMs ?? Infinity);
    entry.keepUntil = now + keepMs;
    entry.lockedUntil = 0;
    const row: TokenRow = {
      epoch: entry.epoch,
      accessToken,
      refreshToken,
      expiresAt: expiresInMs === undefined ? undefined : wall + expiresInMs,
      keepUntil: wall + keepMs,
      fence,
    };
    const stored = { ...token, epoch: entry.epoch };
    await this.#rows.set(credential, row);
    this.#listeners.notify(credential);
    return stored;
  }

  async remove(credential: string, epoch: number): Promise<void> {
    const entry = this.#entryOf(credential);
    if (entry.epoch > epoch) return;
    // The epoch stays, so that the next token is newer.
    entry.token = undefined;
    await this.#rows.delete(credential);
  }

  /** Each line that uses a token listens to its credential until it is closed. */
  isUsedElsewhere(credential: string): boolean {
    return this.#listeners.has(credential);
  }

  renew(credential: string, fence: number, forMs: number): Promise<boolean> {
    const entry = this.#entryOf(credential);
    const isValid = entry.fence === fence;
    if (isValid) entry.lockedUntil = this.#clock.now() + forMs;
    return Promise.resolve(isValid);
  }

  release(credential: string, fence: number): Promise<void> {
    const entry = this.#entryOf(credential);
    if (entry.fence === fence) {
      entry.lockedUntil = 0;
      this.#listeners.notify(credential);
    }
    return Promise.resolve();
  }

  listen(credential: string, fn: () => void): Undo {
    return this.#listeners.add(credential, fn);
  }

  #entryOf(credential: string): Entry {
    let entry = this.#entries.get(credential);
    if (!entry) {
      entry = { epoch: 0, token: undefined, expiresAt: 0, keepUntil: Infinity, fence: 0, lockedUntil: 0 };
      this.#entries.set(credential, entry);
    }
    return entry;
  }

  #load(): void {
    const [now, wall] = [this.#clock.now(), this.#clock.wall()];
    for (const [credential, row] of this.#rows.load()) {
      const { epoch, accessToken, refreshToken, expiresAt, keepUntil, fence } = row as TokenRow;
      this.#entries.set(credential, {
        epoch,
        token: { accessToken, refreshToken },
        expiresAt: expiresAt === undefined ? Infinity : now + expiresAt - wall,
        keepUntil: now + keepUntil - wall,
        fence,
        // The process that fetched a token has ended.
        lockedUntil: 0,
      });
    }
    this.#deleteOld();
  }

  /** Deletes tokens that nobody refreshed for a long time. */
  #deleteOld(): void {
    const now = this.#clock.now();
    for (const [credential, { keepUntil }] of this.#entries) {
      if (keepUntil > now) continue;
      this.#entries.delete(credential);
      void this.#rows.delete(credential).catch(() => undefined);
    }
  }
}
