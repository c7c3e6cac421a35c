import type { AnsweredEndpoint } from './invalidation.js';
import type { BulkOptions } from './options.js';

/** Bulk reads of an endpoint. */
export type ResolvedBulk = BulkOptions & { readonly endpoint: AnsweredEndpoint };

/**
 * How many calls the bulk reads of a line answered.
 * @public
 */
export interface BulkCounts {
  /** Requests for lists. */
  requests: number;
  /** Calls that an item of a list answered. */
  answered: number;
  /** Calls that waited for a list and were sent themselves. */
  alone: number;
}
