import type { ActiveCall } from '../../call/call.js';
import type { LetterPolicies } from '../../contract/dead-letters.js';
import type { Outcome } from '../../contract/outcome.js';
import { SAFE } from '../../http/methods.js';
import type { Execution, Step } from '../../pipeline/execution.js';
import { reasonForError, reasonForOutcome } from './classify.js';
import type { LineDeadLetters } from './dead-letters.js';

/** In the `observe` phase, outside of all others: keeps what is given up. */
export function deadLetterStep(box: LineDeadLetters, route: LetterPolicies): Step {
  return { leave, failed };

  function leave({ call }: Execution, outcome: Outcome): undefined {
    const { tenant, request } = call;
    if (tenant !== undefined && request.owner) box.used(request.owner, tenant);
    if (outcome.kind !== 'ok') return ended(call, reasonForOutcome(call, outcome, route.retry), outcome);
    const { replay } = call;
    if (replay) replay.isDone = true;
    // It was given up before under this key, perhaps, and is done now.
    else if (call.info.facts?.isRepeat) box.removeAnswered(call);
    return undefined;
  }

  function failed({ call }: Execution, error: unknown): void {
    ended(call, reasonForError(call, error), undefined);
  }

  function ended(call: ActiveCall, reason: string | undefined, outcome: Outcome | undefined): undefined {
    const { info, replay, method, request } = call;
    if (replay) replay.reason = reason ?? (outcome ? `${outcome.kind} ${outcome.status ?? ''}`.trim() : 'cancelled');
    if (reason === undefined || replay || request.retriedBy !== undefined) return undefined;
    if (info.facts?.isJoined || info.facts?.isExecuted) return undefined;
    const { keep } = box.options;
    if (keep === 'writes' && (SAFE.has(method) || route.readOnly)) return undefined;
    const isWanted = typeof keep !== 'function' || box.isWanted(keep, call, reason);
    if (isWanted) box.keepCall(call, reason);
    return undefined;
  }
}
