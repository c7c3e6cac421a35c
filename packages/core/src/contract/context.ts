/**
 * Importance of a call, most important first.
 * @public
 */
export const PRIORITIES = ['high', 'normal', 'low', 'background'] as const;
/**
 * Priority of a call.
 * @public
 */
export type Priority = (typeof PRIORITIES)[number];

/**
 * Settings of one call: `withCall` gives them to all calls inside it, and adapters accept them per request.
 * @public
 */
export interface CallContext {
  /**
   * Importance of the call when calls wait for permits.
   * @defaultValue 'normal', or the priority of the endpoint
   */
  priority?: Priority;
  /**
   * Tenant that the call belongs to. Tenants share a queue fairly, and a quota may have the scope `tenant`.
   * @defaultValue none
   */
  tenant?: string;
  /**
   * Identifier of the business operation that the call belongs to. Idempotency keys derive from it.
   * @defaultValue none
   */
  transaction?: string;
  /**
   * Name of the step within the transaction.
   * @defaultValue method, URL and the number of earlier calls of both in the transaction
   */
  step?: string;
  /**
   * Idempotency key to send, whether or not the route is declared `keyed`.
   * @defaultValue none: derived if the call is in a transaction, random if its route is `keyed`
   */
  idempotencyKey?: string;
  /**
   * Time budget of the call in ms, for all waits and attempts. Overrides `deadline.totalTimeoutMs`.
   * @defaultValue the budget of the endpoint or the line
   */
  totalTimeoutMs?: number;
  /**
   * Signal that ends the call, while it waits or during an attempt.
   * @defaultValue none
   */
  signal?: AbortSignal;
  /**
   * Permits that the call costs.
   * @defaultValue 1, or the weight of the endpoint
   */
  weight?: number;
}
