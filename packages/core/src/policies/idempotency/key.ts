import { formatUuid, bytesOf } from '../../crypto/digest.js';
import { sha256 } from '../../crypto/sha256.js';

/** The key of a step: the same for the same transaction, step, payload and generation, on every machine. */
export function deriveKey(transaction: string, step: string, digest: string, generation: number): string {
  return formatUuid(sha256(bytesOf(JSON.stringify([transaction, step, digest, generation]))));
}
