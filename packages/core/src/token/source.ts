import { TokenRefreshError } from '../errors.js';
import type { Events } from '../events.js';
import type { Ports } from '../ports.js';
import { checkAccessToken, TOKEN_DEFAULTS, type AccessToken, type TokenOptions } from './options.js';

/** Tries of one refresh where the grant says that trying again may help. */
const GRANT_TRIES = 3;
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 60_000;
/** A back-off up to this long is waited for; a longer one fails the call with `retryAt`. */
const LONGEST_WAIT_MS = 5_000;

/**
 * What a grant throws to say more than "it failed".
 *
 * @example
 * ```ts
 * import { GrantError } from '@holdline/core';
 *
 * throw new GrantError('the login host is busy', { retryable: true, retryAfterMs: 2_000 });
 * ```
 */
export class GrantError extends Error {
  override readonly name = 'GrantError';
  /** Whether trying again soon may help. Wrong credentials: no. Throttling, 5xx, network: yes. */
  readonly retryable: boolean;
  /** Milliseconds the login host asks to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: { retryable: boolean; retryAfterMs?: number | undefined }) {
    super(message);
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The access token of a line: one refresh at a time, each token with an epoch. */
export class TokenSource {
  /** Generation of the token; a 401 of an older one is answered by a replay, not by a refresh. */
  epoch = 0;
  #token: string | undefined;
  #expiresAt = Infinity;
  #renewAt = Infinity;
  #refreshing: Promise<void> | undefined;
  #failures = 0;
  /** Fresh tokens in a row that were answered with 401. */
  #rejected = 0;
  #notBefore = -Infinity;
  #lastFailure = '';
  readonly #listeners = new Set<(token: AccessToken) => void>();

  constructor(
    readonly options: TokenOptions,
    readonly ports: Ports,
    readonly events: Events,
  ) {
    if (options.onToken) this.#listeners.add(options.onToken);
  }

  get token(): string | undefined {
    return this.#token;
  }

  onToken(listener: (token: AccessToken) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Undefined when a token is at hand, else the wait for one. Starts a renewal in the background when one is due. */
  ready(): Promise<void> | undefined {
    this.#look();
    const now = this.ports.clock.now();
    if (this.#token === undefined || now >= this.#expiresAt) return this.refresh(this.epoch);
    if (now >= this.#renewAt && !this.#refreshing && now >= this.#notBefore) {
      // The token at hand is good: nobody waits for this, and a failure shows in the events and at the expiry.
      this.refresh(this.epoch).catch(() => undefined);
    }
    return undefined;
  }

  /** A newer token than that of `epoch`. Every caller gets its own answer, the login host one request. */
  refresh(epoch: number | undefined): Promise<void> {
    this.#look();
    if (epoch !== undefined && epoch < this.epoch) return Promise.resolve();
    this.#refreshing ??= this.#run().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing.catch((error: unknown) => {
      throw this.#failure(error);
    });
  }

  /** A token of this epoch was accepted. */
  accepted(): void {
    this.#rejected = 0;
  }

  /** A fresh token was answered with 401: the next refresh of this kind waits longer and longer. */
  freshRejected(): void {
    const { clock } = this.ports;
    this.#rejected++;
    this.#lastFailure = 'fresh tokens are answered with 401';
    if (this.#rejected >= GRANT_TRIES) this.#notBefore = clock.now() + this.#backoff(this.#rejected - GRANT_TRIES + 1);
  }

  snapshot(): { epoch: number; state: 'none' | 'valid' | 'expired'; expiresInMs: number | undefined; refreshing: boolean } {
    this.#look();
    const left = this.#expiresAt - this.ports.clock.now();
    return {
      epoch: this.epoch,
      state: this.#token === undefined ? 'none' : left > 0 ? 'valid' : 'expired',
      expiresInMs: Number.isFinite(left) ? Math.max(0, left) : undefined,
      refreshing: this.#refreshing !== undefined,
    };
  }

  /** Takes up a token that was set where the client keeps it. */
  #look(): void {
    const current = this.options.current?.();
    if (current && current.accessToken !== this.#token) this.#adopt(current);
  }

  #adopt({ accessToken, expiresInMs }: { accessToken: string; expiresInMs?: number | undefined }): void {
    const now = this.ports.clock.now();
    // A grant of the client's own SDK may have shown its token here already.
    if (accessToken !== this.#token) this.epoch++;
    this.#token = accessToken;
    this.#expiresAt = expiresInMs === undefined ? Infinity : now + expiresInMs;
    const before = this.options.refreshBeforeExpiryMs ?? Math.min(TOKEN_DEFAULTS.refreshBeforeExpiryMs, (expiresInMs ?? 0) / 10);
    this.#renewAt = this.#expiresAt - before;
  }

  async #run(): Promise<void> {
    const { clock, random } = this.ports;
    const hold = this.#notBefore - clock.now();
    if (hold > LONGEST_WAIT_MS) throw new Error(this.#lastFailure);
    if (hold > 0) await this.#pause(hold);
    const started = clock.now();
    for (let tries = 1; ; tries++) {
      try {
        const granted = await this.#grant();
        if (granted === undefined) {
          this.#renewAt = Infinity;
          throw new NothingToGrant();
        }
        this.#failures = 0;
        this.#adopt(granted);
        for (const listener of this.#listeners) listener(granted);
        if (this.events.has('tokenRefreshed')) {
          const { expiresInMs } = granted;
          this.events.emit('tokenRefreshed', { epoch: this.epoch, expiresInMs, tookMs: clock.now() - started });
        }
        return;
      } catch (error) {
        if (error instanceof NothingToGrant) throw error;
        const { retryable = false, retryAfterMs } = (error ?? {}) as Partial<GrantError>;
        if (retryable && tries < GRANT_TRIES && (retryAfterMs ?? 0) <= LONGEST_WAIT_MS) {
          await this.#pause(retryAfterMs ?? random.next() * FIRST_BACKOFF_MS * 2 ** (tries - 1));
          continue;
        }
        this.#failed(error, retryAfterMs);
        throw error;
      }
    }
  }

  async #grant(): Promise<AccessToken | undefined> {
    const { clock } = this.ports;
    const { grantTimeoutMs = TOKEN_DEFAULTS.grantTimeoutMs } = this.options;
    let stop: (() => void) | undefined;
    const timeout = new Promise<never>((_, reject) => {
      stop = clock.setTimer(grantTimeoutMs, () =>
        reject(new GrantError(`no answer within ${grantTimeoutMs} ms`, { retryable: false })),
      );
    });
    try {
      const granted = await Promise.race([this.options.grant(), timeout]);
      return granted === undefined ? undefined : checkAccessToken(pick(granted), 'the result of token.grant');
    } finally {
      stop?.();
    }
  }

  #failed(error: unknown, retryAfterMs: number | undefined): void {
    const { clock } = this.ports;
    this.#failures++;
    this.#notBefore = clock.now() + (retryAfterMs ?? this.#backoff(this.#failures));
    this.#lastFailure = error instanceof Error ? error.message : 'the grant failed';
    if (this.events.has('tokenRefreshFailed')) {
      this.events.emit('tokenRefreshFailed', { epoch: this.epoch, retryAt: this.#retryAt(), message: this.#lastFailure });
    }
  }

  #failure(error: unknown): unknown {
    if (error instanceof NothingToGrant) return error;
    return new TokenRefreshError(`no access token: ${this.#lastFailure || 'the grant failed'}`, { retryAt: this.#retryAt(), cause: error });
  }

  #retryAt(): number {
    const { clock } = this.ports;
    return Math.round(clock.wall() + Math.max(0, this.#notBefore - clock.now()));
  }

  #backoff(failures: number): number {
    const bound = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1));
    return bound * (0.75 + 0.25 * this.ports.random.next());
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.ports.clock.setTimer(ms, resolve));
  }
}

/** The grant has nothing to fetch a token with. Stays inside: the caller gets the platform's own 401. */
export class NothingToGrant extends Error {}

function pick(granted: AccessToken): AccessToken {
  if (typeof granted !== 'object' || granted === null) return granted;
  // A grant may return the platform's whole answer; only these are ours.
  const { accessToken, expiresInMs, refreshToken } = granted;
  return { accessToken, expiresInMs, refreshToken };
}
