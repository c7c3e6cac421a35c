import type { Cancellation } from '../contract/cancellation.js';
import type { CallContext } from '../contract/context.js';
import type { Replaying } from './replaying.js';

/** A context in force, with what belongs to it alone. */
export interface ActiveContext extends CallContext {
  /** How often each method and URL was called in this transaction, for the default step. */
  readonly steps?: Map<string, number>;
  /** The grant it is part of: such a call must not wait for the token that it fetches. */
  readonly granting?: Cancellation;
  /** The dead letter that is being replayed. */
  readonly replay?: Replaying;
}

/** `inner` over `outer`, key by key. Another transaction counts its own steps. */
export function mergeContext(outer: ActiveContext | undefined, inner: CallContext): ActiveContext {
  const { transaction } = inner;
  if (outer === undefined && transaction === undefined) return inner;
  if (transaction === undefined || transaction === outer?.transaction) return { ...outer, ...inner };
  return { ...outer, ...inner, steps: new Map<string, number>() };
}
