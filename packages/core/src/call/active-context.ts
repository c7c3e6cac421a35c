import type { Cancellation } from '../contract/cancellation.js';
import type { CallContext } from '../contract/context.js';
import { type Ambient, shared } from '../runtime/process-state.js';
import type { Replaying } from './replaying.js';

/** The active context with internal state. */
export interface ActiveContext extends CallContext {
  /** Number of calls of each method and URL in this transaction, for the default step. */
  readonly steps?: Map<string, number>;
  /** The grant that makes the call. Such a call must not wait for the token that the grant fetches. */
  readonly granting?: Cancellation;
  /** For a read that the line makes for several callers: the policies of phase `answer` that it passes by. */
  readonly without?: 'cache' | 'all';
  /** Told of each call whose dead letter is written: whether the letter has all parts of the call. */
  readonly onLetter?: (isComplete: Promise<boolean>) => void;
  /** The dead letter that the call replays. */
  readonly replay?: Replaying;
}

/** The active context, shared by all copies of this package. */
export const activeContext = shared.context as Ambient<ActiveContext>;

/** Merges `inner` over `outer`, key by key. A new transaction counts its steps from zero. */
export function mergeContext(outer: ActiveContext | undefined, inner: CallContext): ActiveContext {
  const { transaction } = inner;
  if (outer === undefined && transaction === undefined) return inner;
  if (transaction === undefined || transaction === outer?.transaction) return { ...outer, ...inner };
  return { ...outer, ...inner, steps: new Map<string, number>() };
}
