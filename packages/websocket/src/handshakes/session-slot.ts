import { type Clock, type Random, type SessionKeys, StoreLostError, type Undo } from '@holdline/core';

/** A claim is renewed after a third of its time, so two renewals may fail. */
const RENEWALS_PER_CLAIM = 3;
/** Failed claims in a row after which the store counts as lost. */
const FAILURES_UNTIL_LOST = 2;

/** Receives the events of a slot. */
export interface SlotListener {
  /** The session may start. */
  onTurn(): void;
  /** Another session replaces this one, which must end and release its slot. */
  onReplaced(): void;
  /** The session may not start. */
  onRefused(error: Error): void;
}

/** Options of a slot. */
export interface SlotOptions {
  readonly claimMs: number;
  readonly replaces: boolean;
}

let slotCount = 0;

/**
 * The slot of one session among the sessions of its key in all processes. The slot is claimed until it is granted, and renewed
 * until it is released. A started session continues even if its claim is lost: a working session matters more than the limit.
 */
export class SessionSlot {
  readonly #sessionId: string;
  #fence: number | undefined;
  #hasTurn = false;
  #isReplaced = false;
  #isReleased = false;
  #isClaiming = false;
  /** A notification arrived during a claim. */
  #mustClaimAgain = false;
  #failures = 0;
  #cancelTimer: Undo = () => undefined;
  readonly #unlisten: Undo;

  constructor(
    readonly keys: SessionKeys,
    readonly key: string,
    readonly options: SlotOptions,
    readonly clock: Clock,
    random: Random,
    readonly listener: SlotListener,
  ) {
    // Other copies of this package also count from 1.
    this.#sessionId = `${++slotCount}-${random.next()}`;
    this.#unlisten = keys.listen(key, () => this.#requestClaim());
    this.#requestClaim();
  }

  /** Releases the slot: the session is over or no longer wanted. */
  release(): void {
    this.#isReleased = true;
    this.#cancelTimer();
    this.#unlisten();
    if (!this.#isClaiming) this.#releaseClaim();
  }

  #releaseClaim(): void {
    // If the release fails, the claim expires.
    this.keys.leave(this.key, this.#sessionId).catch(() => undefined);
  }

  #requestClaim(): void {
    if (this.#isClaiming) {
      this.#mustClaimAgain = true;
      return;
    }
    this.#isClaiming = true;
    this.#mustClaimAgain = false;
    this.#cancelTimer();
    void this.#sendClaim().then((retryMs) => {
      this.#isClaiming = false;
      if (this.#isReleased) return this.#releaseClaim();
      if (this.#mustClaimAgain || retryMs === 0) return this.#requestClaim();
      this.#cancelTimer = this.clock.setTimer(retryMs, () => this.#requestClaim());
    });
  }

  /** Sends one claim. Returns the time until the next claim, in ms. */
  async #sendClaim(): Promise<number> {
    const { claimMs, replaces } = this.options;
    const renewMs = claimMs / RENEWALS_PER_CLAIM;
    try {
      const claim = { session: this.#sessionId, fence: this.#fence, forMs: claimMs, replaces };
      const { fence, has, replaced, heldForMs } = await this.keys.claim(this.key, claim);
      this.#fence = fence;
      this.#failures = 0;
      if (this.#isReleased) return 0;
      if (has) this.#grantTurn();
      if (replaced && !this.#isReplaced) {
        this.#isReplaced = true;
        this.listener.onReplaced();
      }
      return has || this.#hasTurn ? renewMs : Math.min(claimMs, heldForMs + 1);
    } catch (error) {
      if (this.#isReleased || this.#hasTurn) return renewMs;
      if (++this.#failures < FAILURES_UNTIL_LOST) return 0;
      if (this.keys.onLoss !== 'refuse') this.#grantTurn();
      else
        this.listener.onRefused(
          new StoreLostError(
            `the socket was not opened: the store did not say which process has the session key (onLoss: 'refuse'): ${(error as Error).message}`,
          ),
        );
      return renewMs;
    }
  }

  #grantTurn(): void {
    if (this.#hasTurn) return;
    this.#hasTurn = true;
    this.listener.onTurn();
  }
}
