import { type Clock, type Random, type SessionKeys, StoreLostError, type Undo } from '@holdline/core';

/** A claim is renewed when a third of it is over: two renewals may fail. */
const RENEWALS_PER_CLAIM = 3;
/** Claims in a row that fail before the store counts as lost. */
const FAILURES_UNTIL_LOST = 2;

/** What a place tells. */
export interface SlotListener {
  /** It is this one's turn. */
  onTurn(): void;
  /** Another one takes its place: it is to end, and then to leave. */
  onReplaced(): void;
  /** It may not begin. */
  onRefused(error: Error): void;
}

/** How a place is claimed. */
export interface SlotOptions {
  readonly claimMs: number;
  readonly replaces: boolean;
}

let slotCount = 0;

/**
 * The place of one session among those of its key in all processes: asked for until it is its turn, and kept until it leaves.
 * Once it has begun it goes on whatever becomes of its claim: a session that works is worth more than the rule.
 */
export class SessionSlot {
  readonly #session: string;
  #fence: number | undefined = undefined;
  #hasTurn = false;
  #isReplaced = false;
  #isReleased = false;
  #isClaiming = false;
  /** There was news while it asked. */
  #mustClaimAgain = false;
  #failures = 0;
  #stopTimer: Undo = () => undefined;
  readonly #unlisten: Undo;

  constructor(
    readonly keys: SessionKeys,
    readonly key: string,
    readonly options: SlotOptions,
    readonly clock: Clock,
    random: Random,
    readonly listener: SlotListener,
  ) {
    // Other copies of this package count from 1 too.
    this.#session = `${++slotCount}-${random.next()}`;
    this.#unlisten = keys.listen(key, () => this.#requestClaim());
    this.#requestClaim();
  }

  /** It is over, or not wanted any more. */
  release(): void {
    this.#isReleased = true;
    this.#stopTimer();
    this.#unlisten();
    if (!this.#isClaiming) this.#releaseClaim();
  }

  #releaseClaim(): void {
    // Where that fails the claim ends by itself.
    this.keys.leave(this.key, this.#session).catch(() => undefined);
  }

  #requestClaim(): void {
    if (this.#isClaiming) {
      this.#mustClaimAgain = true;
      return;
    }
    this.#isClaiming = true;
    this.#mustClaimAgain = false;
    this.#stopTimer();
    void this.#sendClaim().then((retryMs) => {
      this.#isClaiming = false;
      if (this.#isReleased) return this.#releaseClaim();
      if (this.#mustClaimAgain || retryMs === 0) return this.#requestClaim();
      this.#stopTimer = this.clock.setTimer(retryMs, () => this.#requestClaim());
    });
  }

  /** Asks once. Returns in which time to ask again, in ms. */
  async #sendClaim(): Promise<number> {
    const { claimMs, replaces } = this.options;
    const renewMs = claimMs / RENEWALS_PER_CLAIM;
    try {
      const claim = { session: this.#session, fence: this.#fence, forMs: claimMs, replaces };
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
          new StoreLostError(`who has the session key is not known: ${(error as Error).message}`),
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
