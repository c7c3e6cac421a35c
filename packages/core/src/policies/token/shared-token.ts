import type { Random, Clock, Undo } from '../../contract/clock.js';
import { durationInWords } from '../../contract/duration.js';
import { GrantError } from '../../contract/grant-error.js';
import type {
  AccessToken,
  SharedToken,
  SharedTokenHost,
  SharedTokenSource,
  TokenSharing,
  Tokens,
} from '../../contract/tokens.js';
import type { EventSink } from '../../contract/events.js';

/** Time in ms after which an unrenewed fence expires, because its process may have died. */
const FENCE_MS = 5_000;
/** Maximum number of spent refresh tokens that are remembered. */
const MAX_SPENT = 16;
/** Maximum number of tries to write a rotated refresh token to the store after a failure, and the first pause between them. */
const MAX_WRITE_BACKS = 5;
const FIRST_WRITE_BACK_PAUSE_MS = 1_000;

/**
 * For custom stores: the `sharing` function of their tokens.
 * @public
 */
export const tokenSharing: TokenSharing = (...given) => new SharedTokenManager(...given);

/**
 * A token that all processes share through the store. One process fetches the token under a fence; the others wait for it.
 *
 * The refresh token in the store is authoritative. Each refresh reads it from the store, and writes the answer of the login host to
 * the store before the token is used.
 */
export class SharedTokenManager implements SharedTokenSource {
  /** Epoch of the newest token that was adopted from the store. */
  #epoch = 0;
  /** Refresh token of the newest known token. */
  #refreshToken: string | undefined;
  /** Whether this process has fetched a token. The grant then has no newer refresh token than `#refreshToken`. */
  #hasGranted = false;
  /** Refresh tokens that this process replaced, or that the login host refused. A store with one of these is outdated. */
  readonly #spent = new Set<string>();
  /** A token with a new refresh token that the store does not have yet, and the monotonic ms of its arrival. */
  #unsaved: { readonly token: AccessToken; readonly at: number } | undefined;
  #isWritingBack = false;
  #triesLeft = 0;
  /** Ends the pause between two tries. */
  #writeNow: () => void = () => undefined;
  #closed = false;
  /** Ends the wait for another process that fetches a token. */
  #stopWaiting: (() => void) | undefined;
  readonly #unlisten: Undo;

  constructor(
    readonly tokens: Tokens,
    readonly ports: { readonly clock: Clock; readonly random: Random },
    readonly events: EventSink,
    /** Name of the credential in the store. */
    readonly name: string,
    readonly grantTimeoutMs: number,
    readonly host: SharedTokenHost,
  ) {
    // The listener holds the manager weakly. A store lives longer than its lines, and must not keep an unused line in memory.
    const ref = new WeakRef(this);
    const unlisten = tokens.listen(name, () => {
      const manager = ref.deref();
      if (manager) manager.#onNews();
      else unlisten();
    });
    this.#unlisten = unlisten;
  }

  /**
   * Returns a newer token: from another process, or fetched here for all processes. If the store fails, this process fetches a token
   * alone.
   */
  async newest(): Promise<AccessToken | undefined> {
    const { clock } = this.ports;
    for (const until = clock.now() + this.grantTimeoutMs; !this.#closed && clock.now() < until;) {
      let fence: number;
      let stored: string | undefined;
      try {
        const claim = await this.tokens.claim(this.name, this.#epoch, Math.min(this.grantTimeoutMs, FENCE_MS));
        if ('token' in claim) return this.#adopt(claim.token);
        if ('waitMs' in claim) {
          await this.#waitForNews(claim.waitMs);
          continue;
        }
        ({ fence, refreshToken: stored } = claim);
      } catch (error) {
        this.events.storeFailed('tokens.claim', error);
        return this.#grantAlone();
      }
      return this.#grantForAll(fence, stored);
    }
    const message = this.#closed
      ? 'the line was closed'
      : `no answer within token.grantTimeoutMs (${durationInWords(this.grantTimeoutMs)})`;
    throw new GrantError(message, { retryable: false });
  }

  get isShared(): boolean {
    return this.tokens.isUsedElsewhere?.(this.name) ?? true;
  }

  async remove(): Promise<void> {
    try {
      await this.tokens.remove?.(this.name, this.#epoch);
    } catch (error) {
      this.events.storeFailed('tokens.remove', error);
    }
  }

  /** Stops listening to the store. */
  close(): void {
    this.#closed = true;
    this.#unlisten();
    this.#stopWaiting?.();
  }

  /** Fetches a token without the store. The token is written to the store when the store is back. */
  #grantAlone(): Promise<AccessToken | undefined> {
    return this.#grantWith(undefined, (token) => {
      // The store may have come back during the grant, and reports this only once.
      if (this.#keepUnsaved(token)) void this.#writeBack();
      return Promise.resolve();
    });
  }

  /** Fetches a token under a fence, and shares it with the other processes. */
  async #grantForAll(fence: number, stored: string | undefined): Promise<AccessToken | undefined> {
    let shared: SharedToken | undefined;
    let isKept = false;
    const stopRenewing = this.#holdFence(fence);
    const keep = async (token: AccessToken): Promise<void> => {
      isKept = true;
      shared = await this.#store(fence, token);
    };
    try {
      const granted = await this.#grantWith(stored, keep);
      if (granted === undefined) return undefined;
      return (shared as SharedToken | undefined) ? this.#adopt(shared as SharedToken) : await this.#checkStore(granted);
    } catch (error) {
      // Another process may have been faster, and may have used the same refresh token.
      const newer = isRefused(error) && (await this.#checkStore(undefined));
      if (newer) return newer;
      throw error;
    } finally {
      stopRenewing();
      // After the release a waiting process fetches a token itself.
      if (!isKept) this.tokens.release(this.name, fence).catch(() => undefined);
    }
  }

  /** Tries the refresh tokens that may be valid, the one of the store first, until the login host accepts one. */
  async #grantWith(
    stored: string | undefined,
    share: (token: AccessToken) => Promise<void>,
  ): Promise<AccessToken | undefined> {
    const candidates = this.#listCandidates(stored);
    for (const [i, refreshToken] of candidates.entries()) {
      let kept: Promise<void> | undefined;
      // A login host that sends no new refresh token keeps the old one valid.
      const keep = (token: AccessToken): Promise<void> =>
        (kept ??= this.#shareGranted(
          { ...token, refreshToken: token.refreshToken ?? refreshToken },
          refreshToken,
          share,
        ));
      try {
        const granted = await this.host.grant({ refreshToken, keep });
        if (granted === undefined) return undefined;
        await keep(granted);
        return granted;
      } catch (error) {
        if (!isRefused(error)) throw error;
        if (refreshToken !== undefined) this.#markSpent(refreshToken);
        if (i === candidates.length - 1) throw error;
      }
    }
    return undefined;
  }

  /** @returns the refresh tokens to try, at least one. `undefined` stands for the refresh token of the grant itself. */
  #listCandidates(stored: string | undefined): (string | undefined)[] {
    const known = [stored, this.#refreshToken].filter((token) => token !== undefined && !this.#spent.has(token));
    const own = known.length === 0 || !this.#hasGranted ? [undefined] : [];
    return [...new Set([...known, ...own])];
  }

  /** Records a fetched token, then shares it. */
  #shareGranted(
    token: AccessToken,
    used: string | undefined,
    share: (token: AccessToken) => Promise<void>,
  ): Promise<void> {
    this.#hasGranted = true;
    if (used !== undefined && token.refreshToken !== used) this.#markSpent(used);
    this.#refreshToken = token.refreshToken;
    return share(token);
  }

  #markSpent(refreshToken: string): void {
    this.#spent.delete(refreshToken);
    this.#spent.add(refreshToken);
    for (const oldest of this.#spent) {
      if (this.#spent.size <= MAX_SPENT) break;
      this.#spent.delete(oldest);
    }
    if (this.#refreshToken === refreshToken) this.#refreshToken = undefined;
  }

  /** Writes a token to the store. Undefined: the store failed, or the fence has expired. */
  async #store(fence: number, token: AccessToken): Promise<SharedToken | undefined> {
    const { accessToken, expiresInMs, refreshToken } = token;
    const unsaved = this.#keepUnsaved(token);
    try {
      const shared = await this.tokens.put(this.name, fence, this.#epoch, { accessToken, expiresInMs, refreshToken });
      if (!shared) void this.#writeBack();
      else if (this.#unsaved === unsaved) this.#unsaved = undefined;
      return shared;
    } catch (error) {
      this.events.storeFailed('tokens.put', error);
      void this.#writeBack();
      return undefined;
    }
  }

  /** Keeps a token with a refresh token until the store has it. */
  #keepUnsaved(token: AccessToken): object | undefined {
    return (this.#unsaved = token.refreshToken === undefined ? undefined : { token, at: this.ports.clock.now() });
  }

  /** Returns the newer token of another process from the store; without one, `otherwise`. */
  async #checkStore(otherwise: AccessToken | undefined): Promise<AccessToken | undefined> {
    try {
      const claim = await this.tokens.claim(this.name, this.#epoch, 0);
      if ('token' in claim) return this.#adopt(claim.token);
    } catch {
      // The failure of the store was reported before.
    }
    return otherwise;
  }

  /** Writes a rotated refresh token to the store, unless the store has a newer one. News from the store restart the tries. */
  async #writeBack(): Promise<void> {
    this.#triesLeft = MAX_WRITE_BACKS;
    if (this.#isWritingBack) return this.#writeNow();
    this.#isWritingBack = true;
    try {
      while (this.#triesLeft > 0) {
        const pauseMs = FIRST_WRITE_BACK_PAUSE_MS * 2 ** (MAX_WRITE_BACKS - this.#triesLeft--);
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

  /** Makes one try. Returns whether nothing is left to write. */
  async #writeOnce(): Promise<boolean> {
    const unsaved = this.#unsaved;
    if (!unsaved || this.#closed) return true;
    try {
      const claim = await this.tokens.claim(this.name, this.#epoch, FENCE_MS);
      if ('waitMs' in claim) return false;
      const { refreshToken } = 'token' in claim ? claim.token : claim;
      // A refresh token that this process has spent is older than its replacement.
      const isOlder = refreshToken === undefined || this.#spent.has(refreshToken);
      if (!isOlder) this.#unsaved = undefined;
      if ('token' in claim) {
        if (isOlder) this.#epoch = claim.token.epoch;
        else if (this.host.renewed(pickToken(claim.token))) this.#adopt(claim.token);
        return !isOlder;
      }
      if (!isOlder) {
        await this.tokens.release(this.name, claim.fence);
        return true;
      }
      const { token, at } = unsaved;
      const { accessToken, expiresInMs } = token;
      // An access token that has expired meanwhile is still written, because of its refresh token.
      const leftMs = expiresInMs === undefined ? undefined : Math.max(1, expiresInMs - (this.ports.clock.now() - at));
      const given = { accessToken, expiresInMs: leftMs, refreshToken: token.refreshToken };
      const shared = await this.tokens.put(this.name, claim.fence, this.#epoch, given);
      if (!shared) return false;
      this.#adopt(shared);
      if (this.#unsaved === unsaved) this.#unsaved = undefined;
      return true;
    } catch {
      return false;
    }
  }

  #adopt(token: SharedToken): AccessToken {
    this.#epoch = Math.max(this.#epoch, token.epoch);
    const { refreshToken } = token;
    if (refreshToken !== undefined && !this.#spent.has(refreshToken)) this.#refreshToken = refreshToken;
    return pickToken(token);
  }

  /** Handles news from the store: a new token, a failed grant of another process, or the return of the store. */
  #onNews(): void {
    if (this.#stopWaiting) return this.#stopWaiting();
    this.tokens.claim(this.name, this.#epoch, 0).then(
      (claim) => {
        if ('token' in claim && claim.token.epoch > this.#epoch && this.host.renewed(pickToken(claim.token)))
          this.#adopt(claim.token);
        if (this.#unsaved) void this.#writeBack();
      },
      // The present token is still valid, or a 401 starts a refresh.
      () => undefined,
    );
  }

  /** Renews the fence until the returned function is called. */
  #holdFence(fence: number): Undo {
    const { clock } = this.ports;
    const forMs = Math.min(this.grantTimeoutMs, FENCE_MS);
    let stop: Undo = () => undefined;
    const arm = (): void => {
      stop = clock.setTimer(forMs / 3, () => {
        // If the renewal fails, the fence expires, and the store refuses a put under it.
        this.tokens.renew(this.name, fence, forMs).catch(() => undefined);
        arm();
      });
    };
    arm();
    return () => stop();
  }

  /** Waits for news of the token, at most `ms`. */
  #waitForNews(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        stop();
        this.#stopWaiting = undefined;
        resolve();
      };
      const stop = this.ports.clock.setTimer(ms, done);
      this.#stopWaiting = done;
    });
  }
}

function isRefused(error: unknown): boolean {
  return (error as { refused?: unknown } | null)?.refused === true;
}

function pickToken({ accessToken, expiresInMs, refreshToken }: SharedToken): AccessToken {
  return { accessToken, expiresInMs, refreshToken };
}
