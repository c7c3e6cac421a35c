import { formatUuid, bytesOf } from '../../crypto/digest.js';
import { sha256 } from '../../crypto/sha256.js';

/** Derives the key of a step. The same transaction, step, payload and generation give the same key on every machine. */
export function deriveKey(transaction: string, step: string, digest: string, generation: number): string {
  return formatUuid(sha256(bytesOf(JSON.stringify([transaction, step, digest, generation]))));
}
