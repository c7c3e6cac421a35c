import type { SessionClaim, SessionKeys, SessionPlace, Undo } from '@holdline/core';
import type { VirtualClock } from '@holdline/core/testing';

interface HeldKey {
  holder: string;
  until: number;
  fence: number;
  newest: number;
}

/** Session keys that several processes on one virtual clock share. Tests can lose or empty them. */
export class FakeSessionKeys {
  isLost = false;
  /** Number of answered claims. */
  claims = 0;
  #held = new Map<string, HeldKey>();
  readonly #listeners = new Set<{ key: string; fn: () => void }>();

  constructor(
    readonly clock: VirtualClock,
    readonly latencyMs = 1,
  ) {}

  /** Returns the keys as one process sees them. `isDead`: no request of the process arrives any more. */
  process(onLoss: SessionKeys['onLoss'] = 'share'): SessionKeys & { isDead: boolean } {
    const id = Math.random();
    const exchange = async <T>(work: () => T): Promise<T> => {
      await this.#latency();
      if (this.isLost || process.isDead) throw new Error('not connected');
      const result = work();
      await this.#latency();
      return result;
    };
    const process = {
      onLoss,
      isDead: false,
      claim: (key: string, claim: SessionClaim) => exchange(() => this.#claim(key, `${id}/${claim.session}`, claim)),
      leave: (key: string, session: string) => exchange(() => this.#leave(key, `${id}/${session}`)),
      listen: (key: string, fn: () => void): Undo => {
        const entry = { key, fn: () => !process.isDead && fn() };
        this.#listeners.add(entry);
        return () => this.#listeners.delete(entry);
      },
    };
    return process;
  }

  /** Empties the keys, like a restart. */
  forget(): void {
    this.#held = new Map();
  }

  /** Ends the loss of the keys. */
  restore(): void {
    this.isLost = false;
    for (const { fn } of [...this.#listeners]) fn();
  }

  #claim(key: string, session: string, { fence = 0, forMs, replaces }: SessionClaim): SessionPlace {
    const now = this.clock.now();
    this.claims++;
    const held = this.#held.get(key) ?? { holder: '', until: 0, fence: 0, newest: 0 };
    this.#held.set(key, held);
    if (held.until <= now && held.holder !== session) held.holder = '';
    const isNew = fence === 0;
    const own = isNew ? Math.max(held.fence + 1, Math.floor(now)) : fence;
    held.fence = Math.max(held.fence, own);
    if (isNew && replaces) {
      held.newest = own;
      this.#notify(key);
    }
    const has = held.holder === session || (held.holder === '' && own >= held.newest);
    if (has) Object.assign(held, { holder: session, until: now + forMs });
    return { fence: own, has, replaced: own < held.newest, heldForMs: Math.max(0, held.until - now) };
  }

  #leave(key: string, session: string): void {
    const held = this.#held.get(key);
    if (held?.holder !== session) return;
    held.holder = '';
    this.#notify(key);
  }

  #notify(key: string): void {
    this.clock.setTimer(this.latencyMs, () => {
      if (this.isLost) return;
      for (const entry of [...this.#listeners]) if (entry.key === key) entry.fn();
    });
  }

  #latency(): Promise<void> {
    return new Promise((resolve) => void this.clock.setTimer(this.latencyMs, resolve));
  }
}
