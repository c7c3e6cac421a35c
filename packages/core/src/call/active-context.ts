import type { Cancellation } from '../contract/cancellation.js';
import type { CallContext } from '../contract/context.js';
import { type Ambient, shared } from '../runtime/process-state.js';
import type { Replaying } from './replaying.js';

/** What an own read of the line passes by: `cache` is cache and coalescing, `all` also bulk reads. */
export type PassedBy = 'cache' | 'all';

/** The active context with internal state. */
export interface ActiveContext extends CallContext {
  /** Number of calls of each method and URL in this transaction, for the default step. */
  readonly steps?: Map<string, number>;
  /** The grant that makes the call. Such a call must not wait for the token that the grant fetches. */
  readonly granting?: Cancellation;
  /** For a read that the line makes for several callers: the policies of phase `answer` that it passes by. */
  readonly without?: PassedBy;
  /** Told of each call whose dead letter is written: whether the letter has all parts of the call. */
  readonly onLetter?: (isComplete: Promise<boolean>) => void;
  /** The dead letter that the call replays. */
  readonly replay?: Replaying;
}

/** The active context, shared by all copies of this package. */
export const activeContext = shared.context as Ambient<ActiveContext>;

/**
 * A context of work for several callers. A key with the value `undefined` counts as absent.
 * @internal
 */
export type ApartContext = { readonly [Key in keyof CallContext]?: CallContext[Key] | undefined };

/** Runs `fn` with `context` instead of the active context. The calls of `fn` pass by the policies of phase `answer` that `without` names. */
export function runApart<T>(context: ApartContext & { readonly without?: PassedBy }, fn: () => T): T {
  return activeContext.run(context as ActiveContext, fn);
}

/** Merges `inner` over `outer`, key by key. A new transaction counts its steps from zero. */
export function mergeContext(outer: ActiveContext | undefined, inner: CallContext): ActiveContext {
  const { transaction } = inner;
  if (outer === undefined && transaction === undefined) return inner;
  if (transaction === undefined || transaction === outer?.transaction) return { ...outer, ...inner };
  return { ...outer, ...inner, steps: new Map<string, number>() };
}
