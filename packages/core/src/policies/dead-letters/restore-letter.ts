import type { DeadLetter } from '../../contract/dead-letters.js';

/**
 * Restores a letter that was stored as JSON, which leaves out the members that were undefined.
 * @internal
 */
export function restoreLetter(stored: DeadLetter): DeadLetter {
  const absent = {
    credential: undefined,
    from: undefined,
    tenant: undefined,
    sealed: undefined,
    transaction: undefined,
    key: undefined,
  };
  return { ...absent, ...stored };
}
