import type { Clock } from '../contract/clock.js';
import type { DeadLetter, DeadLetters, LetterClaim, LetterPage } from '../contract/dead-letters.js';
import { letterOffice } from '../policies/dead-letters/writer.js';

/** A letter with what is known of its whereabouts. Times in monotonic ms. */
interface Filed {
  letter: DeadLetter;
  readonly place: number;
  readonly expiresAt: number;
  fence: number;
  /** 0: nobody has it. */
  claimedUntil: number;
}

/** Dead letters in the memory of the process. */
export class MemoryDeadLetters implements DeadLetters {
  readonly office = letterOffice;
  /** Oldest first. */
  readonly #filed = new Map<string, Filed>();
  #places = 0;
  #fences = 0;

  constructor(
    readonly maxLetters: number,
    readonly clock: Clock,
  ) {}

  put(letter: DeadLetter, forMs: number): Promise<string[]> {
    const now = this.#expire();
    const known = this.#filed.get(letter.id);
    if (known) {
      if (known.claimedUntil <= now) known.letter = letter;
      return Promise.resolve([]);
    }
    const gone: string[] = [];
    for (const id of this.#filed.keys()) {
      if (this.#filed.size < this.maxLetters) break;
      this.#filed.delete(id);
      gone.push(id);
    }
    const filed = { letter, place: ++this.#places, expiresAt: now + forMs, fence: 0, claimedUntil: 0 };
    this.#filed.set(letter.id, filed);
    return Promise.resolve(gone);
  }

  list(after: string, limit: number): Promise<LetterPage> {
    this.#expire();
    const later = [...this.#filed.values()].filter(({ place }) => place > Number(after));
    const page = later.slice(0, limit);
    return Promise.resolve({
      letters: page.map(({ letter }) => letter),
      next: later.length > limit ? String(page.at(-1)?.place) : undefined,
    });
  }

  claim(id: string, forMs: number): Promise<LetterClaim | undefined> {
    const now = this.#expire();
    const filed = this.#filed.get(id);
    if (!filed || filed.claimedUntil > now) return Promise.resolve(undefined);
    const wasDropped = filed.claimedUntil > 0;
    filed.claimedUntil = now + forMs;
    filed.fence = ++this.#fences;
    return Promise.resolve({ letter: filed.letter, fence: filed.fence, wasDropped });
  }

  renew(id: string, fence: number, forMs: number): Promise<boolean> {
    const filed = this.#heldBy(id, fence);
    if (filed) filed.claimedUntil = this.clock.now() + forMs;
    return Promise.resolve(filed !== undefined);
  }

  settle(id: string, fence: number, letter: DeadLetter | undefined): Promise<boolean> {
    const filed = this.#heldBy(id, fence);
    if (!filed) return Promise.resolve(false);
    if (letter) Object.assign(filed, { letter, claimedUntil: 0 });
    else this.#filed.delete(id);
    return Promise.resolve(true);
  }

  delete(id: string): Promise<boolean> {
    const now = this.#expire();
    const { claimedUntil = Infinity } = this.#filed.get(id) ?? {};
    return Promise.resolve(claimedUntil <= now && this.#filed.delete(id));
  }

  /** Whoever took it last has it, also when its time is over and nobody else came. */
  #heldBy(id: string, fence: number): Filed | undefined {
    const filed = this.#filed.get(id);
    return filed?.fence === fence && filed.claimedUntil > 0 ? filed : undefined;
  }

  /** Forgets what is too old and in nobody's hands. Returns the time. */
  #expire(): number {
    const now = this.clock.now();
    for (const [id, { expiresAt, claimedUntil }] of this.#filed)
      if (expiresAt <= now && claimedUntil <= now) this.#filed.delete(id);
    return now;
  }
}
