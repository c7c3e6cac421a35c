import type { Priority } from '../../../contract/context.js';

/**
 * The queue of a credential as plain data.
 * @public
 */
export interface QueueSnapshot {
  credential: string;
  /** Number of waiting calls by priority. */
  waiting: Record<Priority, number>;
  /** The tenants with the most waiting calls, at most 100. A call without a tenant has the tenant ''. */
  tenants: { tenant: string; waiting: number }[];
}
