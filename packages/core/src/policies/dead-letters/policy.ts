import type { Call } from '../../call/call.js';
import type { Outcome } from '../../contract/outcome.js';
import { SAFE } from '../../http/methods.js';
import type { Passage, Step } from '../../pipeline/execution.js';
import { reasonOfError, reasonOfOutcome } from './classify.js';
import type { DeadLetterBox } from './dead-letters.js';

/** In the `observe` phase, outside of all others: keeps what is given up. */
export function deadLetterStep(box: DeadLetterBox, route: { readOnly: boolean }): Step {
  return { leave, failed };

  function leave({ call }: Passage, outcome: Outcome): undefined {
    const { tenant, request } = call;
    if (tenant !== undefined && request.owner) box.used(request.owner, tenant);
    if (outcome.kind !== 'ok') return ended(call, reasonOfOutcome(call, outcome), outcome);
    const { replay } = call;
    if (replay) replay.isDone = true;
    // It was given up before under this key, perhaps, and is done now.
    else if (call.info.trace?.isRepeat) box.done(call);
    return undefined;
  }

  function failed({ call }: Passage, error: unknown): void {
    ended(call, reasonOfError(call, error), undefined);
  }

  function ended(call: Call, reason: string | undefined, outcome: Outcome | undefined): undefined {
    const { info, replay, method, request } = call;
    if (replay) replay.reason = reason ?? (outcome ? `${outcome.kind} ${outcome.status ?? ''}`.trim() : 'cancelled');
    if (reason === undefined || replay || request.retriedBy !== undefined) return undefined;
    if (info.trace?.isJoined || info.trace?.isExecuted) return undefined;
    const { keep } = box.options;
    if (keep === 'writes' && (SAFE.has(method) || route.readOnly)) return undefined;
    const isWanted = typeof keep !== 'function' || box.asks(keep, call, reason);
    if (isWanted) box.keepCall(call, reason);
    return undefined;
  }
}
