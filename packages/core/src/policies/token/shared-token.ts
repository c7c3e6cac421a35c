import type { Undo } from '../../contract/clock.js';
import { messageOf } from '../../contract/errors.js';
import { GrantError } from '../../contract/grant-error.js';
import type { Ports } from '../../contract/store.js';
import type { SharedToken, Tokens } from '../../contract/tokens.js';
import type { Events } from '../../runtime/events.js';
import type { AccessToken, GrantInput } from './options.js';

/** A fence that is not renewed for this long is somebody else's, ms: its process may have died. */
const FENCE_MS = 5_000;
/** Refresh tokens remembered for having been used up. */
const MOST_SPENT = 16;
/** Tries to write a rotated refresh token back that the store did not take, and the first pause between them. */
const WRITE_BACK_TRIES = 5;
const WRITE_BACK_PAUSE_MS = 1_000;

/** The part of a token source that a fleet's token works for. */
export interface FleetTokenHost {
  /** Fetches a token. */
  grant(input: GrantInput): Promise<AccessToken | undefined>;
  /** Another process has a newer one. Returns whether it was taken up. */
  renewed(token: AccessToken): boolean;
}

/** Makes the part of a token source that shares its token. */
export type TokenFleet = (
  tokens: Tokens,
  ports: Ports,
  events: Events,
  name: string,
  grantTimeoutMs: number,
  host: FleetTokenHost,
) => FleetToken;

/** For stores of your own: the `fleet` of their tokens. */
export const tokenFleet: TokenFleet = (...given) => new FleetToken(...given);

/**
 * The token that all processes share through the store: one of them fetches it, under a fence, and the others hear of it.
 *
 * The refresh token in the store is the one that counts. Each refresh reads it there, and what the login host answers is written
 * there before anybody uses it.
 */
export class FleetToken {
  /** Epoch of the token in the store, as far as taken up here. */
  #epoch = 0;
  /** Refresh token of the newest token that was seen here. */
  #current: string | undefined = undefined;
  /** Whether this process has fetched a token: then the grant itself knows nothing newer than `#current`. */
  #hasGranted = false;
  /** Refresh tokens that were replaced or refused here. One in the store is older than what this process has. */
  readonly #spent = new Set<string>();
  /** A token with a new refresh token that the store has not taken yet, and when it came, monotonic ms. */
  #unsaved: { readonly token: AccessToken; readonly at: number } | undefined = undefined;
  #isWritingBack = false;
  #triesLeft = 0;
  /** Ends the pause between two tries. */
  #writeNow: () => void = () => undefined;
  #closed = false;
  /** Ends the wait for another process that fetches. */
  #heard: (() => void) | undefined = undefined;
  readonly #unlisten: Undo;

  constructor(
    readonly tokens: Tokens,
    readonly ports: Ports,
    readonly events: Events,
    /** Of the credential, in the store. */
    readonly name: string,
    readonly grantTimeoutMs: number,
    readonly host: FleetTokenHost,
  ) {
    // A store outlives the lines on it, and does not keep one that nobody uses any more.
    const ref = new WeakRef(this);
    const unlisten = tokens.listen(name, () => {
      const fleet = ref.deref();
      if (fleet) fleet.#news();
      else unlisten();
    });
    this.#unlisten = unlisten;
  }

  /** A newer token: that of another process, else one that is fetched here for all. Without the store, one of our own. */
  async newest(): Promise<AccessToken | undefined> {
    const { clock } = this.ports;
    for (const until = clock.now() + this.grantTimeoutMs; !this.#closed && clock.now() < until;) {
      let fence: number;
      let stored: string | undefined;
      try {
        const claim = await this.tokens.claim(this.name, this.#epoch, Math.min(this.grantTimeoutMs, FENCE_MS));
        if ('token' in claim) return this.#take(claim.token);
        if ('waitMs' in claim) {
          await this.#hearOrPause(claim.waitMs);
          continue;
        }
        ({ fence, refreshToken: stored } = claim);
      } catch (error) {
        this.#failed('tokens.claim', error);
        return this.#grantAlone();
      }
      return this.#grantForAll(fence, stored);
    }
    const why = this.#closed ? 'the line was closed' : `no answer within ${this.grantTimeoutMs} ms`;
    throw new GrantError(why, { retryable: false });
  }

  /** Hears of no token any more. */
  close(): void {
    this.#closed = true;
    this.#unlisten();
    this.#heard?.();
  }

  /** The store is lost: what comes is written there when it is back. */
  #grantAlone(): Promise<AccessToken | undefined> {
    return this.#grantWith(undefined, (token) => {
      // The store may have come back meanwhile, and says so only once.
      if (this.#remember(token)) void this.#writeBack();
      return Promise.resolve();
    });
  }

  async #grantForAll(fence: number, stored: string | undefined): Promise<AccessToken | undefined> {
    let shared: SharedToken | undefined;
    let isKept = false;
    const stopRenewing = this.#holdFence(fence);
    const keep = async (token: AccessToken): Promise<void> => {
      isKept = true;
      shared = await this.#put(fence, token);
    };
    try {
      const granted = await this.#grantWith(stored, keep);
      if (granted === undefined) return undefined;
      return (shared as SharedToken | undefined) ? this.#take(shared as SharedToken) : await this.#look(granted);
    } catch (error) {
      // A process that was slow may have been overtaken: then the refresh token it used was used before.
      const overtaken = isRefused(error) && (await this.#look(undefined));
      if (overtaken) return overtaken;
      throw error;
    } finally {
      stopRenewing();
      // Whoever waits tries by itself then.
      if (!isKept) this.tokens.release(this.name, fence).catch(() => undefined);
    }
  }

  /** Tries the refresh tokens that may be valid, the store's first, as long as the login host refuses them. */
  async #grantWith(
    stored: string | undefined,
    share: (token: AccessToken) => Promise<void>,
  ): Promise<AccessToken | undefined> {
    const candidates = this.#candidates(stored);
    for (const [i, refreshToken] of candidates.entries()) {
      let kept: Promise<void> | undefined;
      // One that the login host did not send anew stays valid.
      const keep = (token: AccessToken): Promise<void> =>
        (kept ??= this.#granted({ ...token, refreshToken: token.refreshToken ?? refreshToken }, refreshToken, share));
      try {
        const granted = await this.host.grant({ refreshToken, keep });
        if (granted === undefined) return undefined;
        await keep(granted);
        return granted;
      } catch (error) {
        if (!isRefused(error)) throw error;
        if (refreshToken !== undefined) this.#spend(refreshToken);
        if (i === candidates.length - 1) throw error;
      }
    }
    return undefined;
  }

  /** @returns at least one; `undefined` stands for what the grant has itself. */
  #candidates(stored: string | undefined): (string | undefined)[] {
    const known = [stored, this.#current].filter((token) => token !== undefined && !this.#spent.has(token));
    const own = known.length === 0 || !this.#hasGranted ? [undefined] : [];
    return [...new Set([...known, ...own])];
  }

  #granted(token: AccessToken, used: string | undefined, share: (token: AccessToken) => Promise<void>): Promise<void> {
    this.#hasGranted = true;
    if (used !== undefined && token.refreshToken !== used) this.#spend(used);
    this.#current = token.refreshToken;
    return share(token);
  }

  #spend(refreshToken: string): void {
    this.#spent.delete(refreshToken);
    this.#spent.add(refreshToken);
    for (const oldest of this.#spent) {
      if (this.#spent.size <= MOST_SPENT) break;
      this.#spent.delete(oldest);
    }
    if (this.#current === refreshToken) this.#current = undefined;
  }

  /** Writes a token to the store. Undefined where the store failed, or the fence is not good any more. */
  async #put(fence: number, token: AccessToken): Promise<SharedToken | undefined> {
    const { accessToken, expiresInMs, refreshToken } = token;
    const unsaved = this.#remember(token);
    try {
      const shared = await this.tokens.put(this.name, fence, this.#epoch, { accessToken, expiresInMs, refreshToken });
      if (!shared) void this.#writeBack();
      else if (this.#unsaved === unsaved) this.#unsaved = undefined;
      return shared;
    } catch (error) {
      this.#failed('tokens.put', error);
      void this.#writeBack();
      return undefined;
    }
  }

  #remember(token: AccessToken): object | undefined {
    return (this.#unsaved = token.refreshToken === undefined ? undefined : { token, at: this.ports.clock.now() });
  }

  /** The token that another process has fetched since, which all have now; else `otherwise`. */
  async #look(otherwise: AccessToken | undefined): Promise<AccessToken | undefined> {
    try {
      const claim = await this.tokens.claim(this.name, this.#epoch, 0);
      if ('token' in claim) return this.#take(claim.token);
    } catch {
      // The store has failed, and that was told.
    }
    return otherwise;
  }

  /** Brings a rotated refresh token to the store, unless somebody has brought a newer one. News of the store begin it anew. */
  async #writeBack(): Promise<void> {
    this.#triesLeft = WRITE_BACK_TRIES;
    if (this.#isWritingBack) return this.#writeNow();
    this.#isWritingBack = true;
    try {
      while (this.#triesLeft > 0) {
        const pauseMs = WRITE_BACK_PAUSE_MS * 2 ** (WRITE_BACK_TRIES - this.#triesLeft--);
        if (await this.#writeOnce()) return;
        await new Promise<void>((resolve) => {
          const stop = this.ports.clock.setTimer(pauseMs, resolve);
          this.#writeNow = () => {
            stop();
            resolve();
          };
        });
      }
    } finally {
      this.#isWritingBack = false;
    }
  }

  /** Returns whether there is nothing left to write. */
  async #writeOnce(): Promise<boolean> {
    const unsaved = this.#unsaved;
    if (!unsaved || this.#closed) return true;
    try {
      const claim = await this.tokens.claim(this.name, this.#epoch, FENCE_MS);
      if ('waitMs' in claim) return false;
      const { refreshToken } = 'token' in claim ? claim.token : claim;
      // What this process has used up is older than what it got for it.
      const isOlder = refreshToken === undefined || this.#spent.has(refreshToken);
      if (!isOlder) this.#unsaved = undefined;
      if ('token' in claim) {
        if (isOlder) this.#epoch = claim.token.epoch;
        else if (this.host.renewed(pick(claim.token))) this.#take(claim.token);
        return !isOlder;
      }
      if (!isOlder) {
        await this.tokens.release(this.name, claim.fence);
        return true;
      }
      const { token, at } = unsaved;
      const { accessToken, expiresInMs } = token;
      // One that is over by now brings its refresh token along.
      const leftMs = expiresInMs === undefined ? undefined : Math.max(1, expiresInMs - (this.ports.clock.now() - at));
      const given = { accessToken, expiresInMs: leftMs, refreshToken: token.refreshToken };
      const shared = await this.tokens.put(this.name, claim.fence, this.#epoch, given);
      if (!shared) return false;
      this.#take(shared);
      if (this.#unsaved === unsaved) this.#unsaved = undefined;
      return true;
    } catch {
      return false;
    }
  }

  #take(token: SharedToken): AccessToken {
    this.#epoch = Math.max(this.#epoch, token.epoch);
    const { refreshToken } = token;
    if (refreshToken !== undefined && !this.#spent.has(refreshToken)) this.#current = refreshToken;
    return pick(token);
  }

  /** Another process has a new token, or gave up fetching one; or the store is there again. */
  #news(): void {
    if (this.#heard) return this.#heard();
    this.tokens.claim(this.name, this.#epoch, 0).then(
      (claim) => {
        if ('token' in claim && claim.token.epoch > this.#epoch && this.host.renewed(pick(claim.token)))
          this.#take(claim.token);
        if (this.#unsaved) void this.#writeBack();
      },
      // The token at hand is good, or a 401 will tell.
      () => undefined,
    );
  }

  /** Keeps the fence as long as the grant is under way. */
  #holdFence(fence: number): Undo {
    const { clock } = this.ports;
    const forMs = Math.min(this.grantTimeoutMs, FENCE_MS);
    let stop: Undo = () => undefined;
    const arm = (): void => {
      stop = clock.setTimer(forMs / 3, () => {
        // Where it fails the fence runs out, and a put under it is refused.
        this.tokens.renew(this.name, fence, forMs).catch(() => undefined);
        arm();
      });
    };
    arm();
    return () => stop();
  }

  /** Waits for news of the token, for so long at most. */
  #hearOrPause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        stop();
        this.#heard = undefined;
        resolve();
      };
      const stop = this.ports.clock.setTimer(ms, done);
      this.#heard = done;
    });
  }

  #failed(operation: 'tokens.claim' | 'tokens.put', error: unknown): void {
    if (this.events.has('storeFailed')) this.events.emit('storeFailed', { operation, message: messageOf(error) });
  }
}

function isRefused(error: unknown): boolean {
  return (error as { refused?: unknown } | null)?.refused === true;
}

function pick({ accessToken, expiresInMs, refreshToken }: SharedToken): AccessToken {
  return { accessToken, expiresInMs, refreshToken };
}
