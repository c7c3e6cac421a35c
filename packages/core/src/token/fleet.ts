import { messageOf } from '../errors.js';
import type { Events } from '../events.js';
import type { Ports, SharedToken, Tokens, Undo } from '../ports.js';
import { GrantError } from './grant-error.js';
import type { AccessToken } from './options.js';

/** How long one process may fetch before another may, ms: it may have died. */
const FENCE_MS = 5_000;

/** The part of a token source that a fleet's token works for. */
export interface FleetTokenHost {
  /** Fetches a token. */
  grant(): Promise<AccessToken | undefined>;
  /** Another process has a newer one. Returns whether it was taken up. */
  renewed(token: AccessToken): boolean;
}

/** The token that all processes share through the store: one of them fetches it, under a fence, and the others hear of it. */
export class FleetToken {
  /** Epoch of the token in the store, as far as taken up here. */
  #epoch = 0;
  /** Ends the wait for another process that fetches. */
  #heard: (() => void) | undefined = undefined;
  #isClosed = false;
  readonly #name: string;
  readonly #unlisten: Undo;

  constructor(
    readonly tokens: Tokens,
    readonly ports: Ports,
    readonly events: Events,
    /** Of a pool: its name. */
    credential: string | undefined,
    readonly grantTimeoutMs: number,
    readonly host: FleetTokenHost,
  ) {
    this.#name = credential ?? 'credential';
    this.#unlisten = tokens.listen(this.#name, () => this.#news());
  }

  /** A newer token: that of another process, else one that is fetched here for all. Without the store, one of our own. */
  async newest(): Promise<AccessToken | undefined> {
    const { clock } = this.ports;
    for (const until = clock.now() + this.grantTimeoutMs; !this.#isClosed && clock.now() < until;) {
      let fence: number;
      try {
        const claim = await this.tokens.claim(this.#name, this.#epoch, Math.min(this.grantTimeoutMs, FENCE_MS));
        if ('token' in claim) return this.#take(claim.token);
        if ('waitMs' in claim) {
          await this.#hearOrPause(claim.waitMs);
          continue;
        }
        fence = claim.fence;
      } catch (error) {
        this.#failed('tokens.claim', error);
        return this.host.grant();
      }
      return this.#grantForAll(fence);
    }
    const why = this.#isClosed ? 'the line was closed' : `no answer within ${this.grantTimeoutMs} ms`;
    throw new GrantError(why, { retryable: false });
  }

  /** Hears of no token any more. */
  close(): void {
    this.#isClosed = true;
    this.#unlisten();
    this.#heard?.();
  }

  async #grantForAll(fence: number): Promise<AccessToken | undefined> {
    let granted: AccessToken | undefined;
    try {
      granted = await this.host.grant();
    } finally {
      // Whoever waits tries by itself then.
      if (granted === undefined) this.tokens.release(this.#name, fence).catch(() => undefined);
    }
    if (granted === undefined) return undefined;
    const { accessToken, expiresInMs, refreshToken } = granted;
    try {
      const shared = await this.tokens.put(this.#name, fence, this.#epoch, { accessToken, expiresInMs, refreshToken });
      if (shared) return this.#take(shared);
      // It took too long, and another process has fetched one since, which all have now.
      const claim = await this.tokens.claim(this.#name, this.#epoch, 0);
      if ('token' in claim) return this.#take(claim.token);
    } catch (error) {
      this.#failed('tokens.put', error);
    }
    return granted;
  }

  #take(token: SharedToken): AccessToken {
    this.#epoch = Math.max(this.#epoch, token.epoch);
    return pick(token);
  }

  /** Another process has a new token, or gave up fetching one. */
  #news(): void {
    if (this.#heard) return this.#heard();
    this.tokens.claim(this.#name, this.#epoch, 0).then(
      (claim) => {
        if (!('token' in claim) || claim.token.epoch <= this.#epoch) return;
        if (this.host.renewed(pick(claim.token))) this.#take(claim.token);
      },
      // The token at hand is good, or a 401 will tell.
      () => undefined,
    );
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

function pick({ accessToken, expiresInMs, refreshToken }: SharedToken): AccessToken {
  return { accessToken, expiresInMs, refreshToken };
}
