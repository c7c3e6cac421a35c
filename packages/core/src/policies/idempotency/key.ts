import { digestParts, formatUuid } from '../../crypto/digest.js';

/** Derives the key of a step. The same transaction, step, payload and generation give the same key on every machine. */
export function deriveKey(transaction: string, step: string, digest: string, generation: number): string {
  return formatUuid(digestParts(transaction, step, digest, generation));
}
