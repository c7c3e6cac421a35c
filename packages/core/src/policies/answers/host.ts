import type { PassedBy } from '../../call/active-context.js';
import type { ActiveCall } from '../../call/call.js';
import type { CallRequest, LetterParts } from '../../contract/call.js';
import type { Clock } from '../../contract/clock.js';
import type { Priority } from '../../contract/context.js';
import type { Outcome } from '../../contract/outcome.js';
import type { Events } from '../../runtime/events.js';

/** The context of a read that the line makes for several callers. It has no budget and no transaction of theirs. */
export interface ReadContext {
  readonly priority: Priority;
  readonly tenant: string | undefined;
  /** Aborts when no caller waits any more. */
  readonly signal?: AbortSignal | undefined;
  readonly without: PassedBy;
}

/** The part of a line that cache, coalescing and bulk reads work with. */
export interface AnswerHost {
  readonly clock: Clock;
  readonly events: Events;
  /** Makes a read as a call of its own. Resolves with an outcome also if the platform refused. Rejects with errors of the line. */
  read(request: CallRequest, context: ReadContext): Promise<Outcome>;
  /**
   * Names what an answer belongs to: client, credentials and tenant. The name reveals no credential.
   *
   * @param headers - All headers of the request, if the caller has read them already.
   */
  ownerOf(call: ActiveCall, headers?: LetterParts['headers']): string;
  /** Whether a gate is closed for the call now. */
  isGated(call: ActiveCall): boolean;
}
