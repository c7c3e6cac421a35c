import type { DeadLetter, ListedLetter } from '@holdline/core';

/** A letter without its encrypted parts, which are of no use to a reader. */
export function publicLetter(letter: ListedLetter | DeadLetter): Omit<DeadLetter, 'sealed'> & { encrypted: boolean } {
  const { sealed, ...rest } = letter;
  return { ...rest, encrypted: sealed !== undefined };
}
