/** Importance of a call, most important first. */
export const PRIORITIES = ['interactive', 'normal', 'batch', 'background'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** What the user may say about a call, around it or on it. */
export interface CallContext {
  /**
   * Who goes first when calls wait.
   * @defaultValue 'normal', or what the endpoint says
   */
  priority?: Priority;
  /**
   * Whose call it is; tenants share a queue fairly, and quotas may be scoped by tenant.
   * @defaultValue none
   */
  tenant?: string;
  /**
   * The business operation this call belongs to. Idempotency keys derive from it.
   * @defaultValue none
   */
  transaction?: string;
  /**
   * The step within the transaction.
   * @defaultValue method, URL and how many times both were called before in the transaction
   */
  step?: string;
  /**
   * Sends this exact idempotency key, whatever the route declares.
   * @defaultValue none: derived where the call is in a transaction, random where its route is `keyed`
   */
  idempotencyKey?: string;
  /**
   * Budget for the whole call, waiting and all attempts included, in ms. Overrides `deadline.totalTimeoutMs`.
   * @defaultValue that of the endpoint or line
   */
  totalTimeoutMs?: number;
  /**
   * Gives the call up, wherever it is.
   * @defaultValue none
   */
  signal?: AbortSignal;
  /**
   * Permits this call costs.
   * @defaultValue 1, or what the endpoint says
   */
  weight?: number;
}
