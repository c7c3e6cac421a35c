import type { Clock } from '../contract/clock.js';
import type { DeadLetter, DeadLetters, LetterClaim, LetterPage } from '../contract/dead-letters.js';
import { deadLetterWriter } from '../policies/dead-letters/writer.js';

/** A stored letter with its claim. Times in monotonic ms. */
interface StoredLetter {
  letter: DeadLetter;
  readonly place: number;
  readonly expiresAt: number;
  fence: number;
  /** End of the claim; 0 if the letter is not claimed. */
  claimedUntil: number;
}

/** Dead letters in the memory of the process. */
export class MemoryDeadLetters implements DeadLetters {
  readonly writer = deadLetterWriter;
  /** Oldest first. */
  readonly #letters = new Map<string, StoredLetter>();
  #lastPlace = 0;
  #lastFence = 0;

  constructor(
    readonly maxLetters: number,
    readonly clock: Clock,
  ) {}

  put(letter: DeadLetter, forMs: number): Promise<string[]> {
    const now = this.#expire();
    const known = this.#letters.get(letter.id);
    if (known) {
      if (known.claimedUntil <= now) known.letter = letter;
      return Promise.resolve([]);
    }
    const deleted: string[] = [];
    for (const id of this.#letters.keys()) {
      if (this.#letters.size < this.maxLetters) break;
      this.#letters.delete(id);
      deleted.push(id);
    }
    const filed = { letter, place: ++this.#lastPlace, expiresAt: now + forMs, fence: 0, claimedUntil: 0 };
    this.#letters.set(letter.id, filed);
    return Promise.resolve(deleted);
  }

  list(after: string, limit: number): Promise<LetterPage> {
    this.#expire();
    const later = [...this.#letters.values()].filter(({ place }) => place > Number(after));
    const page = later.slice(0, limit);
    return Promise.resolve({
      letters: page.map(({ letter }) => letter),
      next: later.length > limit ? String(page.at(-1)?.place) : undefined,
    });
  }

  claim(id: string, forMs: number): Promise<LetterClaim | undefined> {
    const now = this.#expire();
    const filed = this.#letters.get(id);
    if (!filed || filed.claimedUntil > now) return Promise.resolve(undefined);
    const wasDropped = filed.claimedUntil > 0;
    filed.claimedUntil = now + forMs;
    filed.fence = ++this.#lastFence;
    return Promise.resolve({ letter: filed.letter, fence: filed.fence, wasDropped });
  }

  renew(id: string, fence: number, forMs: number): Promise<boolean> {
    const filed = this.#findClaimed(id, fence);
    if (filed) filed.claimedUntil = this.clock.now() + forMs;
    return Promise.resolve(filed !== undefined);
  }

  settle(id: string, fence: number, letter: DeadLetter | undefined): Promise<boolean> {
    const filed = this.#findClaimed(id, fence);
    if (!filed) return Promise.resolve(false);
    if (letter) Object.assign(filed, { letter, claimedUntil: 0 });
    else this.#letters.delete(id);
    return Promise.resolve(true);
  }

  delete(id: string): Promise<boolean> {
    const now = this.#expire();
    const { claimedUntil = Infinity } = this.#letters.get(id) ?? {};
    return Promise.resolve(claimedUntil <= now && this.#letters.delete(id));
  }

  /** The letter of the last claim. An expired claim stays valid until another claim replaces it. */
  #findClaimed(id: string, fence: number): StoredLetter | undefined {
    const filed = this.#letters.get(id);
    return filed?.fence === fence && filed.claimedUntil > 0 ? filed : undefined;
  }

  /** Deletes expired letters that are not claimed. Returns the current time. */
  #expire(): number {
    const now = this.clock.now();
    for (const [id, { expiresAt, claimedUntil }] of this.#letters)
      if (expiresAt <= now && claimedUntil <= now) this.#letters.delete(id);
    return now;
  }
}
