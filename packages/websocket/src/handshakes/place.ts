import { StoreLostError, type Clock, type Random, type SessionKeys, type Undo } from '@holdline/core';

/** A claim is renewed when a third of it is over: two renewals may fail. */
const RENEWALS_PER_CLAIM = 3;
/** Claims in a row that fail before the store counts as lost. */
const FAILURES_UNTIL_LOST = 2;

/** What a place tells. */
export interface PlaceListener {
  /** It is this one's turn. */
  begin(): void;
  /** Another one takes its place: it is to end, and then to leave. */
  replaced(): void;
  /** It may not begin. */
  refused(error: Error): void;
}

/** How a place is claimed. */
export interface PlaceOptions {
  readonly claimMs: number;
  readonly replaces: boolean;
}

let places = 0;

/**
 * The place of one session among those of its key in all processes: asked for until it is its turn, and kept until it leaves.
 * Once it has begun it goes on whatever becomes of its claim: a session that works is worth more than the rule.
 */
export class FleetPlace {
  readonly #session: string;
  #fence: number | undefined = undefined;
  #hasBegun = false;
  #isReplaced = false;
  #isOver = false;
  #isAsking = false;
  /** There was news while it asked. */
  #asksAgain = false;
  #failures = 0;
  #stopTimer: Undo = () => undefined;
  readonly #unlisten: Undo;

  constructor(
    readonly keys: SessionKeys,
    readonly key: string,
    readonly options: PlaceOptions,
    readonly clock: Clock,
    random: Random,
    readonly listener: PlaceListener,
  ) {
    // Other copies of this package count from 1 too.
    this.#session = `${++places}-${random.next()}`;
    this.#unlisten = keys.listen(key, () => this.#ask());
    this.#ask();
  }

  /** It is over, or not wanted any more. */
  leave(): void {
    this.#isOver = true;
    this.#stopTimer();
    this.#unlisten();
    if (!this.#isAsking) this.#giveBack();
  }

  #giveBack(): void {
    // Where that fails the claim ends by itself.
    this.keys.leave(this.key, this.#session).catch(() => undefined);
  }

  #ask(): void {
    if (this.#isAsking) {
      this.#asksAgain = true;
      return;
    }
    this.#isAsking = true;
    this.#asksAgain = false;
    this.#stopTimer();
    void this.#claim().then((askInMs) => {
      this.#isAsking = false;
      if (this.#isOver) return this.#giveBack();
      if (this.#asksAgain || askInMs === 0) return this.#ask();
      this.#stopTimer = this.clock.setTimer(askInMs, () => this.#ask());
    });
  }

  /** Asks once. Returns in which time to ask again, in ms. */
  async #claim(): Promise<number> {
    const { claimMs, replaces } = this.options;
    const renewMs = claimMs / RENEWALS_PER_CLAIM;
    try {
      const claim = { session: this.#session, fence: this.#fence, forMs: claimMs, replaces };
      const { fence, has, replaced, heldForMs } = await this.keys.claim(this.key, claim);
      this.#fence = fence;
      this.#failures = 0;
      if (this.#isOver) return 0;
      if (has) this.#begin();
      if (replaced && !this.#isReplaced) {
        this.#isReplaced = true;
        this.listener.replaced();
      }
      return has || this.#hasBegun ? renewMs : Math.min(claimMs, heldForMs + 1);
    } catch (error) {
      if (this.#isOver || this.#hasBegun) return renewMs;
      if (++this.#failures < FAILURES_UNTIL_LOST) return 0;
      if (this.keys.onLoss !== 'refuse') this.#begin();
      else
        this.listener.refused(new StoreLostError(`who has the session key is not known: ${(error as Error).message}`));
      return renewMs;
    }
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.listener.begin();
  }
}
