import { callable, isRecord, milliseconds, number, oneOf, refuse, shape, text, type Check } from './check.js';
import { shared } from './registry.js';

/** Importance of a call, most important first. */
export const PRIORITIES = ['interactive', 'normal', 'batch', 'background'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** What the user may say about a call, around it or on it. */
export interface CallContext {
  /**
   * Who goes first when calls wait.
   * @defaultValue 'normal'
   */
  priority?: Priority;
  /** Whose call it is; tenants share a queue fairly, and quotas may be scoped by tenant. */
  tenant?: string;
  /** The business operation this call belongs to. Idempotency keys derive from it. */
  transaction?: string;
  /**
   * The step within the transaction.
   * @defaultValue method, route and how many times that route was called before in the transaction
   */
  step?: string;
  /** Sends this exact idempotency key, whatever the route declares. */
  idempotencyKey?: string;
  /** Budget for the whole call, waiting and all attempts included, in ms. Overrides `deadline.totalTimeoutMs`. */
  totalTimeoutMs?: number;
  /** Gives the call up, wherever it is. */
  signal?: AbortSignal;
  /**
   * Permits this call costs.
   * @defaultValue 1
   */
  weight?: number;
}

const signalCheck: Check<AbortSignal> = (value, key) => {
  if (!isRecord(value) || typeof value['aborted'] !== 'boolean') refuse(key, value, 'an AbortSignal');
  return value as unknown as AbortSignal;
};

/** Checks a {@link CallContext}. */
export const checkContext = shape<CallContext>({
  priority: oneOf(...PRIORITIES),
  tenant: text,
  transaction: text,
  step: text,
  idempotencyKey: text,
  totalTimeoutMs: milliseconds,
  signal: signalCheck,
  weight: number({ min: 1, integer: true }),
});

const checkFn = callable<() => unknown>();

/** A context in force, with what belongs to it alone. */
export interface ActiveContext extends CallContext {
  /** How often each route was called in this transaction, for the default step. */
  readonly steps?: Map<string, number>;
}

/**
 * Runs `fn`; every call made in it carries `context`, also calls of SDK methods that take no options. Contexts nest,
 * the inner one wins key by key.
 *
 * In Node the context follows `fn` through every `await`. Browsers have nothing like AsyncLocalStorage: there it holds
 * for the synchronous part of `fn`, up to its first `await`, which is when SDKs start their request.
 *
 * @throws ConfigError if `context` has an unknown key or a wrong value.
 * @example
 * ```ts
 * import { withCall } from '@holdline/core';
 *
 * declare const users: { getUsersMe(): Promise<unknown> };
 * await withCall({ priority: 'interactive', totalTimeoutMs: 5_000 }, () => users.getUsersMe());
 * ```
 */
export function withCall<T>(context: CallContext, fn: () => T): T {
  checkFn(fn, 'the second argument of withCall');
  const outer = shared.context.get();
  const inner = checkContext(context, '');
  const merged: ActiveContext = { ...outer, ...inner };
  if (inner.transaction !== undefined) Object.assign(merged, { steps: new Map<string, number>() });
  return shared.context.run(merged, fn);
}

/**
 * `withCall({ transaction: id }, fn)`: every write in `fn` gets an idempotency key that the same `id` gives again after a
 * restart.
 *
 * @example
 * ```ts
 * import { withTransaction } from '@holdline/core';
 *
 * declare function rate(conversationId: string): Promise<unknown>;
 * await withTransaction('evaluation-4711', () => rate('c-1'));
 * ```
 */
export function withTransaction<T>(id: string, fn: () => T): T {
  return withCall({ transaction: id }, fn);
}
