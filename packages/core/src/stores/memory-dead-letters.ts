import type { Clock } from '../contract/clock.js';
import type { DeadLetter, DeadLetters, LetterClaim, LetterPage } from '../contract/dead-letters.js';
import { restoreLetter } from '../policies/dead-letters/restore-letter.js';
import { deadLetterWriter } from '../policies/dead-letters/writer.js';
import { noRows, type Rows } from './rows.js';

/** The row of a letter. Time in wall ms. */
interface LetterRow {
  readonly letter: DeadLetter;
  readonly place: number;
  readonly expiresAt: number;
}

/** A stored letter with its claim. Times in monotonic ms. */
interface StoredLetter {
  letter: DeadLetter;
  readonly place: number;
  readonly expiresAt: number;
  fence: number;
  /** End of the claim; -Infinity if its process has ended; undefined if the letter is not claimed. */
  claimedUntil: number | undefined;
}

/** Dead letters in the memory of the process. With rows, they survive a restart. */
export class MemoryDeadLetters implements DeadLetters {
  readonly writer = deadLetterWriter;
  // Private, so that a printed store shows no letter.
  readonly #rows: Rows;
  readonly #claimRows: Rows;
  /** Oldest first. */
  readonly #letters = new Map<string, StoredLetter>();
  #lastPlace = 0;
  #lastFence: number;

  /** @param claimRows - The fences of letters that are claimed. A letter is large, so a claim does not write it again. */
  constructor(
    readonly maxLetters: number,
    readonly clock: Clock,
    rows: Rows = noRows,
    claimRows: Rows = noRows,
  ) {
    this.#rows = rows;
    this.#claimRows = claimRows;
    // Fences follow the clock, so that no fence repeats after its row was deleted.
    this.#lastFence = Math.floor(clock.wall());
    this.#load();
  }

  async put(letter: DeadLetter, forMs: number): Promise<string[]> {
    const now = this.#expire();
    const known = this.#letters.get(letter.id);
    if (known) {
      if (isClaimed(known, now)) return [];
      known.letter = letter;
      await this.#write(known);
      return [];
    }
    const deleted: string[] = [];
    for (const id of this.#letters.keys()) {
      if (this.#letters.size < this.maxLetters) break;
      this.#delete(id).catch(() => undefined);
      deleted.push(id);
    }
    const place = ++this.#lastPlace;
    const filed: StoredLetter = { letter, place, expiresAt: now + forMs, fence: 0, claimedUntil: undefined };
    this.#letters.set(letter.id, filed);
    await this.#write(filed);
    return deleted;
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

  async claim(id: string, forMs: number): Promise<LetterClaim | undefined> {
    const now = this.#expire();
    const filed = this.#letters.get(id);
    if (!filed || isClaimed(filed, now)) return undefined;
    const wasDropped = filed.claimedUntil !== undefined;
    filed.claimedUntil = now + forMs;
    filed.fence = ++this.#lastFence;
    const claim = { letter: filed.letter, fence: filed.fence, wasDropped };
    try {
      await this.#claimRows.set(id, filed.fence);
    } catch (error) {
      // Nobody sends this letter, so the claim does not count.
      if (filed.fence === claim.fence) filed.claimedUntil = wasDropped ? -Infinity : undefined;
      if (!wasDropped) this.#claimRows.delete(id).catch(() => undefined);
      throw error;
    }
    return claim;
  }

  renew(id: string, fence: number, forMs: number): Promise<boolean> {
    const filed = this.#findClaimed(id, fence);
    if (filed) filed.claimedUntil = this.clock.now() + forMs;
    return Promise.resolve(filed !== undefined);
  }

  async settle(id: string, fence: number, letter: DeadLetter | undefined): Promise<boolean> {
    const filed = this.#findClaimed(id, fence);
    if (!filed) return false;
    if (letter) {
      Object.assign(filed, { letter, claimedUntil: undefined });
      await Promise.all([this.#write(filed), this.#claimRows.delete(id)]);
    } else {
      await this.#delete(id);
    }
    return true;
  }

  async delete(id: string): Promise<boolean> {
    const now = this.#expire();
    const filed = this.#letters.get(id);
    if (!filed || isClaimed(filed, now)) return false;
    await this.#delete(id);
    return true;
  }

  #load(): void {
    const [now, wall] = [this.clock.now(), this.clock.wall()];
    for (const [id, row] of this.#rows.load()) {
      const { letter, place, expiresAt } = row as LetterRow;
      const filed = { letter: restoreLetter(letter), place, expiresAt: now + expiresAt - wall, fence: 0 };
      this.#letters.set(id, { ...filed, claimedUntil: undefined });
      this.#lastPlace = Math.max(this.#lastPlace, place);
    }
    for (const [id, fence] of this.#claimRows.load()) {
      this.#lastFence = Math.max(this.#lastFence, fence as number);
      const filed = this.#letters.get(id);
      if (filed) filed.claimedUntil = -Infinity;
    }
  }

  #write({ letter, place, expiresAt }: StoredLetter): Promise<void> {
    const row: LetterRow = { letter, place, expiresAt: expiresAt - this.clock.now() + this.clock.wall() };
    return this.#rows.set(letter.id, row);
  }

  async #delete(id: string): Promise<void> {
    const wasClaimed = this.#letters.get(id)?.claimedUntil !== undefined;
    this.#letters.delete(id);
    await Promise.all([this.#rows.delete(id), wasClaimed && this.#claimRows.delete(id)]);
  }

  /** The letter of the last claim. An expired claim stays valid until another claim replaces it. */
  #findClaimed(id: string, fence: number): StoredLetter | undefined {
    const filed = this.#letters.get(id);
    return filed?.fence === fence && filed.claimedUntil !== undefined ? filed : undefined;
  }

  /** Deletes expired letters that are not claimed. Returns the current time. */
  #expire(): number {
    const now = this.clock.now();
    for (const [id, filed] of this.#letters)
      if (filed.expiresAt <= now && !isClaimed(filed, now)) this.#delete(id).catch(() => undefined);
    return now;
  }
}

function isClaimed({ claimedUntil = -Infinity }: StoredLetter, now: number): boolean {
  return claimedUntil > now;
}
