import { Cancellation } from '../../contract/cancellation.js';
import { durationInWords } from '../../contract/duration.js';
import { type HoldlineErrorDetails, messageOf, TokenRefreshError } from '../../contract/errors.js';
import { GrantError } from '../../contract/grant-error.js';
import type { HoldlineEvents } from '../../contract/events.js';
import type { Ports } from '../../contract/store.js';
import type { Events } from '../../runtime/events.js';
import { OwnedSet } from '../../runtime/owned-set.js';
import { activeContext } from '../../call/active-context.js';
import { Backoff, FIRST_BACKOFF_MS } from './backoff.js';
import { sharedName } from './identity.js';
import type { AccessToken, GrantInput } from '../../contract/tokens.js';
import { checkAccessToken, type Grant, TOKEN_DEFAULTS, type TokenOptions } from './options.js';
import type { SharedTokenSource } from '../../contract/tokens.js';
import type { TokenSnapshot } from './snapshot.js';

/** Maximum number of grants in one refresh, if the grant's error is retryable. */
const MAX_GRANTS = 3;
/** Longest back-off that a call waits for. With a longer one the call fails with `retryAt`. */
const MAX_WAIT_MS = 5_000;
/** Number of fresh tokens in a row that may get a 401. After one more, 401s reach the caller for a while without a refresh. */
const FREE_REJECTIONS = 2;
/** Maximum number of routes whose refusals of fresh tokens are counted. */
const MAX_ROUTES = 1_000;

/** The access token of a line, or of one credential of its pool. One refresh runs at a time, and each token has an epoch. */
export class TokenSource {
  /** Number of the token. A 401 for an older token needs a replay, not a refresh. */
  epoch = 0;
  #token: string | undefined;
  /** The token of the client at the last read. */
  #clientToken: string | undefined;
  #logins = 0;
  #adoptedAt = 0;
  #expiresAt = Infinity;
  #renewAt = Infinity;
  #refreshing: Promise<void> | undefined;
  readonly #failures = new Backoff(0);
  /** Counts the fresh tokens in a row that got a 401: of all routes together, and of each route. */
  readonly #rejections = new Backoff(FREE_REJECTIONS);
  readonly #rejectionsByRoute = new Map<string, Backoff>();
  #acceptedEpoch = -1;
  #rejectedEpoch = -1;
  #refusedEpoch = -1;
  #lastFailure = 'the grant failed';
  #granting: Cancellation | undefined;
  /** Cancelled when the line is closed. */
  readonly #closing = new Cancellation();
  readonly #listeners = new OwnedSet<(token: AccessToken) => void>();
  /** Set if the store shares tokens and the credential has a name. */
  #shared: SharedTokenSource | undefined;
  #hasNothing = false;
  #scope: string | undefined;
  #scopeName: string | undefined;
  readonly #name: () => string | undefined;

  constructor(
    readonly options: TokenOptions & { grant: Grant },
    readonly ports: Ports,
    readonly events: Events,
    /** Name of the credential in its pool. */
    readonly credential?: string,
  ) {
    if (options.onToken) this.#listeners.add(options.onToken);
    this.#name = sharedName(options, ports.store, credential);
    this.#updateSharing();
  }

  get token(): string | undefined {
    return this.#token;
  }

  /** Name of the credential in stores; undefined: the credential has no name, or none yet. */
  get name(): string | undefined {
    return this.#name();
  }

  /**
   * Key of the quotas and gates of the credential. If processes share quotas in a store, the key contains the name of the credential.
   * Two credentials under the same prefix then have different keys.
   */
  get scope(): string {
    const name = this.ports.store.leases && this.#name();
    // The cached string keeps its hash. A new string would be hashed again on every use as a key.
    if (this.#scope === undefined || name !== this.#scopeName) {
      const own = this.credential === undefined ? 'credential' : `credential/${this.credential}`;
      this.#scopeName = name;
      this.#scope = name === undefined ? own : `${own}/${name}`;
    }
    return this.#scope;
  }

  /** Number of the tokens that the application itself set in the client. Each may belong to another user. */
  get login(): number {
    this.#readClientToken();
    return this.#logins;
  }

  /** Whether there is neither a token nor a credential to fetch one with. Calls are then sent as the client made them. */
  get isEmpty(): boolean {
    return this.#hasNothing && this.#token === undefined;
  }

  onToken(listener: (token: AccessToken) => void, owner?: object): () => void {
    return this.#listeners.add(listener, owner);
  }

  /** Returns the wait for a token; undefined: a valid token is present. Starts a renewal in the background when one is due. */
  ready(): Promise<void> | undefined {
    this.#readClientToken();
    if (this.ports.store.tokens) this.#updateSharing();
    const now = this.ports.clock.now();
    if (this.#token === undefined || now >= this.#expiresAt) return this.refresh(this.epoch);
    // The token got a 401, and its refresh is running. An attempt with it would get a 401 again.
    if (this.#refreshing && this.#refusedEpoch === this.epoch) return this.refresh(this.epoch);
    if (now >= this.#renewAt && !this.#refreshing && now >= this.#failures.until) {
      // The token is still valid, so no call waits. A failure is reported by an event, and again when the token expires.
      this.refresh(this.epoch).catch(() => undefined);
    }
    return undefined;
  }

  /** Waits for a newer token than that of `epoch`. Concurrent callers share one grant. Rejects with the error of the grant. */
  async refresh(epoch: number | undefined): Promise<void> {
    this.#readClientToken();
    if (epoch !== undefined && epoch < this.epoch) return;
    this.#refreshing ??= this.#renew().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  /** Whether this grant is the one that runs now. Requests that an earlier grant left running do not count. */
  isUnderWay(granting: object): boolean {
    return granting === this.#granting;
  }

  /** Whether a 401 of this route may start a grant. After several refused fresh tokens a grant would not help. */
  mayRefresh(route: string): boolean {
    const now = this.ports.clock.now();
    return now >= this.#rejections.until && now >= (this.#rejectionsByRoute.get(route)?.until ?? -Infinity);
  }

  /** Records that the token of this epoch got a 401. */
  refuse(epoch: number | undefined): void {
    if (epoch !== undefined) this.#refusedEpoch = Math.max(this.#refusedEpoch, epoch);
  }

  /** Records that this route accepted the token of this epoch. */
  accept(route: string, epoch: number | undefined): void {
    if (epoch !== undefined && epoch > this.#acceptedEpoch) this.#acceptedEpoch = epoch;
    this.#rejections.reset();
    if (this.#rejectionsByRoute.size > 0) this.#rejectionsByRoute.delete(route);
  }

  /** Whether any route has accepted the token of this epoch. */
  wasAccepted(epoch: number): boolean {
    return epoch <= this.#acceptedEpoch;
  }

  /** Records that a fresh token got a 401. The pauses before the next refresh of this kind grow. */
  rejectFresh(route: string, epoch: number | undefined): void {
    // Each token counts once, even if it fails several callers. A token that was accepted before does not count.
    if (epoch === undefined || epoch <= this.#rejectedEpoch || epoch <= this.#acceptedEpoch) return;
    this.#rejectedEpoch = epoch;
    let backoff = this.#rejectionsByRoute.get(route);
    if (!backoff) {
      if (this.#rejectionsByRoute.size >= MAX_ROUTES) this.#rejectionsByRoute.clear();
      this.#rejectionsByRoute.set(route, (backoff = new Backoff(FREE_REJECTIONS)));
    }
    backoff.addFailure(this.ports);
    this.#rejections.addFailure(this.ports);
  }

  /** Monotonic ms before which no further grant starts. */
  get failsUntil(): number {
    return this.#failures.until;
  }

  /** Makes the error for a call without a token. Each caller gets its own error. */
  failure(cause: unknown, details: HoldlineErrorDetails): TokenRefreshError {
    const retryAt = this.#retryAt();
    const inMs = durationInWords(retryAt - this.ports.clock.wall());
    const message = `${details.route} was not sent: token.grant gave no access token (next try in ${inMs}): ${this.#lastFailure}`;
    return new TokenRefreshError(message, { ...details, retryAt, cause });
  }

  snapshot(): TokenSnapshot {
    const now = this.ports.clock.now();
    const hasToken = this.#token !== undefined;
    const leftUntil = (at: number): number | undefined =>
      hasToken && Number.isFinite(at) ? Math.max(0, at - now) : undefined;
    return {
      epoch: this.epoch,
      state: !hasToken ? 'none' : this.#expiresAt > now ? 'valid' : 'expired',
      ageMs: hasToken ? now - this.#adoptedAt : undefined,
      expiresInMs: leftUntil(this.#expiresAt),
      renewsInMs: leftUntil(this.#renewAt),
      refreshing: this.#refreshing !== undefined,
    };
  }

  /** Stops using shared tokens. Settles when the running grant has ended, because the grant may rotate a refresh token. */
  async close(): Promise<void> {
    this.#shared?.close();
    this.#closing.cancel(undefined);
    await this.#refreshing?.catch(() => undefined);
  }

  /** Gives up the running grant. */
  cut(): void {
    this.#granting?.cancel(new GrantError('the line was closed', { retryable: false }));
  }

  /** Whether the grant can revoke a token. */
  get isRevocable(): boolean {
    return this.options.grant.revoke !== undefined;
  }

  /**
   * Revokes the token within `ms` and deletes its copy from the store. A token that other processes may use stays valid, unless
   * `includesShared`. The result is an event.
   */
  async revoke(includesShared: boolean, ms: number): Promise<void> {
    this.#readClientToken();
    const token = this.#token;
    if (token === undefined) return;
    const isExpired = this.#refusedEpoch === this.epoch || this.ports.clock.now() >= this.#expiresAt;
    let result: HoldlineEvents['tokenRevoked']['result'] = isExpired ? 'expired' : 'revoked';
    let message: string | undefined;
    if (this.#shared?.isShared && !includesShared) result = 'shared';
    else {
      try {
        await this.#withLimit(ms, `no answer within ${ms} ms`, async ({ signal }) => {
          if (!isExpired) await this.options.grant.revoke?.(token, signal);
          this.#token = undefined;
          await this.#shared?.remove();
        });
      } catch (error) {
        result = 'failed';
        message = messageOf(error).replaceAll(token, '***');
      }
    }
    this.events.emit('tokenRevoked', { credential: this.credential, result, message });
  }

  /** Adopts a token that the application has set in the client since the last read. */
  #readClientToken(): void {
    let current: ReturnType<NonNullable<TokenOptions['current']>>;
    try {
      current = this.options.current?.();
    } catch {
      // A client without a token may throw.
    }
    const accessToken: unknown = current?.accessToken;
    if (typeof accessToken !== 'string' || accessToken === '' || accessToken === this.#clientToken) return;
    this.#clientToken = accessToken;
    if (accessToken === this.#token) return;
    this.#logins++;
    this.#adopt(accessToken, current?.expiresInMs);
  }

  #adopt(accessToken: string, expiresInMs: number | undefined): void {
    const now = this.ports.clock.now();
    const { refreshBeforeExpiryMs } = this.options;
    const lifetime = typeof expiresInMs === 'number' && !Number.isNaN(expiresInMs) ? expiresInMs : Infinity;
    // A grant by the client's own SDK may have set the same token in the client before.
    if (accessToken !== this.#token) this.epoch++;
    this.#token = accessToken;
    this.#hasNothing = false;
    this.#adoptedAt = now;
    this.#expiresAt = now + lifetime;
    const before = Math.min(
      refreshBeforeExpiryMs ?? TOKEN_DEFAULTS.refreshBeforeExpiryMs,
      lifetime / (refreshBeforeExpiryMs === undefined ? 10 : 2),
    );
    this.#renewAt = this.#expiresAt - before;
  }

  async #renew(): Promise<void> {
    const { clock, random } = this.ports;
    const waitMs = this.#failures.until - clock.now();
    if (waitMs > MAX_WAIT_MS) throw new Error(this.#lastFailure);
    if (waitMs > 0) await this.#pause(waitMs);
    const started = clock.now();
    for (let tries = 1; ; tries++) {
      let granted: AccessToken | undefined;
      try {
        this.#updateSharing();
        granted = await (this.#shared?.newest() ?? this.#grant());
      } catch (error) {
        const { retryable, retryAfterMs } = readRetryHints(error);
        if (retryable && !this.#closing.cancelled && tries < MAX_GRANTS && (retryAfterMs ?? 0) <= MAX_WAIT_MS) {
          await this.#pause(retryAfterMs ?? random.next() * FIRST_BACKOFF_MS * 2 ** (tries - 1));
          continue;
        }
        this.#recordFailure(error, retryAfterMs);
        throw error;
      }
      if (granted === undefined) {
        this.#renewAt = Infinity;
        this.#hasNothing = true;
        throw new NothingToGrant();
      }
      this.#failures.reset();
      this.#adopt(granted.accessToken, granted.expiresInMs);
      this.#notifyListeners(granted);
      if (this.events.has('tokenRefreshed')) {
        const { expiresInMs } = granted;
        const { epoch, credential } = this;
        this.events.emit('tokenRefreshed', { credential, epoch, expiresInMs, tookMs: clock.now() - started });
      }
      return;
    }
  }

  /** Shares the token under the name of the credential. A login with another credential changes the name. */
  #updateSharing(): void {
    const { tokens } = this.ports.store;
    const name = tokens && this.#name();
    if (name === this.#shared?.name) return;
    this.#shared?.close();
    const { grantTimeoutMs = TOKEN_DEFAULTS.grantTimeoutMs } = this.options;
    this.#shared =
      tokens && name !== undefined
        ? tokens.sharing(tokens, this.ports, this.events, name, grantTimeoutMs, {
            grant: (input) => this.#grant(input),
            renewed: (token) => this.#adoptShared(token),
          })
        : undefined;
  }

  /** Adopts a newer token of another process. Without a token, or during a refresh, the source gets it by its own request. */
  #adoptShared(token: AccessToken): boolean {
    if (this.#refreshing || this.#token === undefined) return false;
    if (token.accessToken === this.#token) return true;
    this.#adopt(token.accessToken, token.expiresInMs);
    this.#notifyListeners(token);
    return true;
  }

  /** Calls the listeners. A listener that fails must not fail the calls that wait for the token. */
  #notifyListeners(token: AccessToken): void {
    for (const listener of this.#listeners.all()) {
      try {
        const result: unknown = listener(token);
        if (result instanceof Promise)
          result.catch((error: unknown) => this.events.recordFailure('tokenRefreshed', error));
      } catch (error) {
        this.events.recordFailure('tokenRefreshed', error);
      }
    }
  }

  async #grant(input?: GrantInput): Promise<AccessToken | undefined> {
    const { grantTimeoutMs = TOKEN_DEFAULTS.grantTimeoutMs } = this.options;
    const granted = await this.#withLimit(
      grantTimeoutMs,
      `no answer within token.grantTimeoutMs (${durationInWords(grantTimeoutMs)})`,
      (granting) => {
        this.#granting = granting;
        // The request of the grant listens too, and closes its socket.
        return activeContext.run({ granting }, () => this.options.grant(wrapInput(input)));
      },
    ).finally(() => {
      this.#granting = undefined;
    });
    return granted === undefined ? undefined : checkGranted(granted);
  }

  /** Settles as `work` does, or rejects with a GrantError when the time is over or the cancellation is cancelled. */
  async #withLimit<T>(ms: number, message: string, work: (limit: Cancellation) => Promise<T>): Promise<T> {
    const limit = new Cancellation();
    const stop = this.ports.clock.setTimer(ms, () => limit.cancel(new GrantError(message, { retryable: false })));
    try {
      return await Promise.race([work(limit), new Promise<never>((_, reject) => limit.onCancel(reject))]);
    } finally {
      stop();
    }
  }

  #recordFailure(error: unknown, retryAfterMs: number | undefined): void {
    this.#failures.addFailure(this.ports, retryAfterMs);
    this.#lastFailure = messageOf(error);
    if (this.events.has('tokenRefreshFailed')) {
      this.events.emit('tokenRefreshFailed', {
        credential: this.credential,
        epoch: this.epoch,
        retryAt: this.#retryAt(),
        message: this.#lastFailure,
      });
    }
  }

  #retryAt(): number {
    const { clock } = this.ports;
    return Math.round(clock.wall() + Math.max(0, this.#failures.until - clock.now()));
  }

  #pause(ms: number): Promise<void> {
    return this.#closing.within(this.ports.clock, ms);
  }
}

/** The grant has no credential to fetch a token with. The error stays internal: the caller gets the platform's own 401. */
export class NothingToGrant extends Error {}

/** Reads from the error of a grant whether and when a retry may help. Invalid values count as left out. */
function readRetryHints(error: unknown): { retryable: boolean; retryAfterMs: number | undefined } {
  const { retryable, retryAfterMs } = (error ?? {}) as { retryable?: unknown; retryAfterMs?: unknown };
  const usable = typeof retryAfterMs === 'number' && retryAfterMs >= 0 && retryAfterMs < Infinity;
  return { retryable: retryable === true, retryAfterMs: usable ? retryAfterMs : undefined };
}

/** Wraps the input of a grant, so that a token passed to `keep` is checked like a returned one. */
function wrapInput(input: GrantInput = NO_STORE): GrantInput {
  return { refreshToken: input.refreshToken, keep: async (token) => input.keep(checkGranted(token)) };
}

const NO_STORE: GrantInput = { refreshToken: undefined, keep: () => Promise.resolve() };

function checkGranted(granted: AccessToken): AccessToken {
  return checkAccessToken(granted, 'token.grant()');
}
