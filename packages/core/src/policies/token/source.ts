import { Cancellation } from '../../contract/cancellation.js';
import { type HoldlineErrorDetails, messageOf, TokenRefreshError } from '../../contract/errors.js';
import { GrantError } from '../../contract/grant-error.js';
import type { Ports } from '../../contract/store.js';
import type { Events } from '../../runtime/events.js';
import { OwnedSet } from '../../runtime/owned-set.js';
import { shared } from '../../runtime/process-state.js';
import { sharedName } from './identity.js';
import {
  type AccessToken,
  checkAccessToken,
  type Grant,
  type GrantInput,
  TOKEN_DEFAULTS,
  type TokenOptions,
} from './options.js';
import type { FleetToken } from './shared-token.js';

/** Tries of one refresh where the grant says that trying again may help. */
const GRANT_TRIES = 3;
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 60_000;
/** A back-off up to this long is waited for; a longer one fails the call with `retryAt`. */
const LONGEST_WAIT_MS = 5_000;
/** Fresh tokens in a row that may be refused before a 401 is left to the caller for a while. */
const REJECTIONS_WITHOUT_PAUSE = 2;
/** Routes remembered for refusing fresh tokens. */
const MOST_ROUTES = 1_000;

/** Longer and longer pauses between tries that keep failing. */
class Pauses {
  #failures = 0;
  #until = -Infinity;

  /** @param free Failures that cost no pause. */
  constructor(readonly free: number) {}

  /** Monotonic ms before which there is no next try. */
  get until(): number {
    return this.#until;
  }

  failed({ clock, random }: Ports, askedMs?: number): void {
    this.#failures++;
    if (this.#failures <= this.free) return;
    const bound = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (this.#failures - this.free - 1));
    this.#until = clock.now() + (askedMs ?? bound * (0.75 + 0.25 * random.next()));
  }

  reset(): void {
    this.#failures = 0;
    this.#until = -Infinity;
  }
}

/** A token as plain data, without the token. */
export interface TokenSnapshot {
  epoch: number;
  state: 'none' | 'valid' | 'expired';
  expiresInMs: number | undefined;
  refreshing: boolean;
}

/** The access token of a line, or of one credential of its pool: one refresh at a time, each token with an epoch. */
export class TokenSource {
  /** Generation of the token; a 401 of an older one is answered by a replay, not by a refresh. */
  epoch = 0;
  #token: string | undefined;
  /** What the client had when it was last looked at. */
  #seen: string | undefined;
  #expiresAt = Infinity;
  #renewAt = Infinity;
  #refreshing: Promise<void> | undefined;
  readonly #failures = new Pauses(0);
  /** Fresh tokens in a row that were answered with 401: by all routes together, and by each of them. */
  readonly #rejections = new Pauses(REJECTIONS_WITHOUT_PAUSE);
  readonly #rejectionsByRoute = new Map<string, Pauses>();
  #acceptedEpoch = -1;
  #rejectedEpoch = -1;
  #refusedEpoch = -1;
  #lastFailure = 'the grant failed';
  #granting: Cancellation | undefined = undefined;
  /** Cancelled when the line is closed. */
  readonly #closing = new Cancellation();
  readonly #listeners = new OwnedSet<(token: AccessToken) => void>();
  /** Where the store shares the token with other processes, and whose it is is known. */
  #fleet: FleetToken | undefined = undefined;
  #hasNothing = false;
  #scope: string | undefined = undefined;
  #scopeName: string | undefined = undefined;
  readonly #name: () => string | undefined;

  constructor(
    readonly options: TokenOptions & { grant: Grant },
    readonly ports: Ports,
    readonly events: Events,
    /** Of a pool. */
    readonly credential?: string,
  ) {
    if (options.onToken) this.#listeners.add(options.onToken);
    this.#name = sharedName(options, ports.store, credential);
    this.#joinFleet();
  }

  get token(): string | undefined {
    return this.#token;
  }

  /** Names its credential in stores; undefined where nothing identifies it, or not yet. */
  get name(): string | undefined {
    return this.#name();
  }

  /**
   * Key of its quotas and gates. In a store that several processes share it is that of this credential, and of no other under the
   * same prefix.
   */
  get scope(): string {
    const name = this.ports.store.leases && this.#name();
    // One that is made anew has to be hashed anew.
    if (this.#scope === undefined || name !== this.#scopeName) {
      const own = this.credential === undefined ? 'credential' : `credential/${this.credential}`;
      this.#scopeName = name;
      this.#scope = name === undefined ? own : `${own}/${name}`;
    }
    return this.#scope;
  }

  /** Whether there is neither a token nor anything to fetch one with: calls go as their client made them. */
  get isEmpty(): boolean {
    return this.#hasNothing && this.#token === undefined;
  }

  onToken(listener: (token: AccessToken) => void, owner?: object): () => void {
    return this.#listeners.add(listener, owner);
  }

  /** Undefined when a token is at hand, else the wait for one. Starts a renewal in the background when one is due. */
  ready(): Promise<void> | undefined {
    this.#look();
    if (this.ports.store.tokens) this.#joinFleet();
    const now = this.ports.clock.now();
    if (this.#token === undefined || now >= this.#expiresAt) return this.refresh(this.epoch);
    // Known to be refused, and its successor is on the way: sent now it would only be refused again.
    if (this.#refreshing && this.#refusedEpoch === this.epoch) return this.refresh(this.epoch);
    if (now >= this.#renewAt && !this.#refreshing && now >= this.#failures.until) {
      // The token at hand is good: nobody waits for this, and a failure shows in the events and at the expiry.
      this.refresh(this.epoch).catch(() => undefined);
    }
    return undefined;
  }

  /** A newer token than that of `epoch`; rejects with what the grant threw. However many ask, the login host gets one request. */
  async refresh(epoch: number | undefined): Promise<void> {
    this.#look();
    if (epoch !== undefined && epoch < this.epoch) return;
    this.#refreshing ??= this.#run().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  /** Whether a grant is the one that is under way here. What it left running counts no more. */
  isUnderWay(granting: object): boolean {
    return granting === this.#granting;
  }

  /** Whether a 401 of this route may cost a grant: fresh tokens that were refused as well say that it would not help. */
  mayHelp(route: string): boolean {
    const now = this.ports.clock.now();
    return now >= this.#rejections.until && now >= (this.#rejectionsByRoute.get(route)?.until ?? -Infinity);
  }

  /** The token of this epoch was answered with 401. */
  refused(epoch: number | undefined): void {
    if (epoch !== undefined) this.#refusedEpoch = Math.max(this.#refusedEpoch, epoch);
  }

  /** A token was accepted by this route. */
  accepted(route: string, epoch: number | undefined): void {
    if (epoch !== undefined && epoch > this.#acceptedEpoch) this.#acceptedEpoch = epoch;
    this.#rejections.reset();
    if (this.#rejectionsByRoute.size > 0) this.#rejectionsByRoute.delete(route);
  }

  /** Whether the token of this epoch was accepted, by whatever route. */
  wasAccepted(epoch: number): boolean {
    return epoch <= this.#acceptedEpoch;
  }

  /** A fresh token was answered with 401: the next refresh for this reason waits longer and longer. */
  freshRejected(route: string, epoch: number | undefined): void {
    // One token counts once, however many callers it fails, and not if it was good for a while.
    if (epoch === undefined || epoch <= this.#rejectedEpoch || epoch <= this.#acceptedEpoch) return;
    this.#rejectedEpoch = epoch;
    let pauses = this.#rejectionsByRoute.get(route);
    if (!pauses) {
      if (this.#rejectionsByRoute.size >= MOST_ROUTES) this.#rejectionsByRoute.clear();
      this.#rejectionsByRoute.set(route, (pauses = new Pauses(REJECTIONS_WITHOUT_PAUSE)));
    }
    pauses.failed(this.ports);
    this.#rejections.failed(this.ports);
  }

  /** Monotonic ms before which no further grant is tried. */
  get failsUntil(): number {
    return this.#failures.until;
  }

  /** What a caller is told when there is no token; each gets its own. */
  failure(cause: unknown, details: HoldlineErrorDetails): TokenRefreshError {
    return new TokenRefreshError(`no access token: ${this.#lastFailure}`, {
      ...details,
      retryAt: this.#retryAt(),
      cause,
    });
  }

  snapshot(): TokenSnapshot {
    const left = this.#expiresAt - this.ports.clock.now();
    return {
      epoch: this.epoch,
      state: this.#token === undefined ? 'none' : left > 0 ? 'valid' : 'expired',
      expiresInMs: this.#token !== undefined && Number.isFinite(left) ? Math.max(0, left) : undefined,
      refreshing: this.#refreshing !== undefined,
    };
  }

  /** Hears of no token any more. Settles when the grant under way has ended: it may rotate a refresh token. */
  async close(): Promise<void> {
    this.#fleet?.close();
    this.#closing.cancel(undefined);
    await this.#refreshing?.catch(() => undefined);
  }

  /** Waits no longer for the grant under way. */
  cut(): void {
    this.#granting?.cancel(new GrantError('the line was closed', { retryable: false }));
  }

  /** Takes up a token that was set where the client keeps it. What was there before it is not news. */
  #look(): void {
    let current: ReturnType<NonNullable<TokenOptions['current']>>;
    try {
      current = this.options.current?.();
    } catch {
      // A client without a token yet may well throw.
    }
    const accessToken: unknown = current?.accessToken;
    if (typeof accessToken !== 'string' || accessToken === '' || accessToken === this.#seen) return;
    this.#seen = accessToken;
    if (accessToken !== this.#token) this.#adopt(accessToken, current?.expiresInMs);
  }

  #adopt(accessToken: string, lifetimeMs: number | undefined): void {
    const now = this.ports.clock.now();
    const { refreshBeforeExpiryMs } = this.options;
    const lifetime = typeof lifetimeMs === 'number' && !Number.isNaN(lifetimeMs) ? lifetimeMs : Infinity;
    // A grant through the client's own SDK may have shown its token here already.
    if (accessToken !== this.#token) this.epoch++;
    this.#token = accessToken;
    this.#hasNothing = false;
    this.#expiresAt = now + lifetime;
    const before = Math.min(
      refreshBeforeExpiryMs ?? TOKEN_DEFAULTS.refreshBeforeExpiryMs,
      lifetime / (refreshBeforeExpiryMs === undefined ? 10 : 2),
    );
    this.#renewAt = this.#expiresAt - before;
  }

  async #run(): Promise<void> {
    const { clock, random } = this.ports;
    const hold = this.#failures.until - clock.now();
    if (hold > LONGEST_WAIT_MS) throw new Error(this.#lastFailure);
    if (hold > 0) await this.#pause(hold);
    const started = clock.now();
    for (let tries = 1; ; tries++) {
      let granted: AccessToken | undefined;
      try {
        this.#joinFleet();
        granted = await (this.#fleet?.newest() ?? this.#grant());
      } catch (error) {
        const { retryable, retryAfterMs } = wishes(error);
        if (retryable && !this.#closing.cancelled && tries < GRANT_TRIES && (retryAfterMs ?? 0) <= LONGEST_WAIT_MS) {
          await this.#pause(retryAfterMs ?? random.next() * FIRST_BACKOFF_MS * 2 ** (tries - 1));
          continue;
        }
        this.#failed(error, retryAfterMs);
        throw error;
      }
      if (granted === undefined) {
        this.#renewAt = Infinity;
        this.#hasNothing = true;
        throw new NothingToGrant();
      }
      this.#failures.reset();
      this.#adopt(granted.accessToken, granted.expiresInMs);
      this.#tell(granted);
      if (this.events.has('tokenRefreshed')) {
        const { expiresInMs } = granted;
        const { epoch, credential } = this;
        this.events.emit('tokenRefreshed', { credential, epoch, expiresInMs, tookMs: clock.now() - started });
      }
      return;
    }
  }

  /** Shares the token of this credential; after a login with another one, that one's. */
  #joinFleet(): void {
    const { tokens } = this.ports.store;
    const name = tokens && this.#name();
    if (name === this.#fleet?.name) return;
    this.#fleet?.close();
    const { grantTimeoutMs = TOKEN_DEFAULTS.grantTimeoutMs } = this.options;
    this.#fleet =
      tokens && name !== undefined
        ? tokens.fleet(tokens, this.ports, this.events, name, grantTimeoutMs, {
            grant: (input) => this.#grant(input),
            renewed: (token) => this.#renewedElsewhere(token),
          })
        : undefined;
  }

  /** Another process has a newer token. One that is needed here is asked for anyway. */
  #renewedElsewhere(token: AccessToken): boolean {
    if (this.#refreshing || this.#token === undefined) return false;
    if (token.accessToken === this.#token) return true;
    this.#adopt(token.accessToken, token.expiresInMs);
    this.#tell(token);
    return true;
  }

  /** A listener that cannot write the token back must not take it from those who wait for it. */
  #tell(token: AccessToken): void {
    for (const listener of this.#listeners.all()) {
      try {
        const result: unknown = listener(token);
        if (result instanceof Promise) result.catch((error: unknown) => this.events.failed('tokenRefreshed', error));
      } catch (error) {
        this.events.failed('tokenRefreshed', error);
      }
    }
  }

  async #grant(input?: GrantInput): Promise<AccessToken | undefined> {
    const { clock } = this.ports;
    const { grantTimeoutMs = TOKEN_DEFAULTS.grantTimeoutMs } = this.options;
    // Its request hears of it too, and lets go of its socket.
    const granting = (this.#granting = new Cancellation());
    const stop = clock.setTimer(grantTimeoutMs, () =>
      granting.cancel(new GrantError(`no answer within ${grantTimeoutMs} ms`, { retryable: false })),
    );
    const gone = new Promise<never>((_, reject) => granting.onCancel(reject));
    try {
      const granted = await Promise.race([
        shared.context.run({ granting }, () => this.options.grant(checkedInput(input))),
        gone,
      ]);
      return granted === undefined ? undefined : checked(granted);
    } finally {
      this.#granting = undefined;
      stop();
    }
  }

  #failed(error: unknown, retryAfterMs: number | undefined): void {
    this.#failures.failed(this.ports, retryAfterMs);
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

/** The grant has nothing to fetch a token with. Stays inside: the caller gets the platform's own 401. */
export class NothingToGrant extends Error {}

/** What a failed grant says about trying again, where it says something usable. */
function wishes(error: unknown): { retryable: boolean; retryAfterMs: number | undefined } {
  const { retryable, retryAfterMs } = (error ?? {}) as { retryable?: unknown; retryAfterMs?: unknown };
  const usable = typeof retryAfterMs === 'number' && retryAfterMs >= 0 && retryAfterMs < Infinity;
  return { retryable: retryable === true, retryAfterMs: usable ? retryAfterMs : undefined };
}

/** What a grant hands on is looked at as what it returns is. */
function checkedInput(input: GrantInput = NO_STORE): GrantInput {
  return { refreshToken: input.refreshToken, keep: async (token) => input.keep(checked(token)) };
}

const NO_STORE: GrantInput = { refreshToken: undefined, keep: () => Promise.resolve() };

function checked(granted: AccessToken): AccessToken {
  return checkAccessToken(pick(granted), 'the result of token.grant');
}

function pick(granted: AccessToken): AccessToken {
  if (typeof granted !== 'object' || granted === null) return granted;
  // A grant may return the platform's whole answer; only these are ours.
  const { accessToken, expiresInMs, refreshToken } = granted;
  return { accessToken, expiresInMs, refreshToken };
}
