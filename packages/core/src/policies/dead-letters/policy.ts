import type { ActiveCall } from '../../call/call.js';
import type { LetterPolicies } from '../../contract/dead-letters.js';
import type { Outcome } from '../../contract/outcome.js';
import { SAFE } from '../../http/methods.js';
import type { Execution, Step } from '../../pipeline/execution.js';
import { reasonForError, reasonForOutcome } from './classify.js';
import type { LineDeadLetters } from './dead-letters.js';

/** In the `observe` phase, outside all other policies: keeps calls that failed permanently. */
export function deadLetterStep(letters: LineDeadLetters, route: LetterPolicies): Step {
  return { leave, failed };

  function leave({ call }: Execution, outcome: Outcome): undefined {
    const { tenant, request } = call;
    if (tenant !== undefined && request.owner) letters.used(request.owner, tenant);
    if (outcome.kind !== 'ok') return recordEnd(call, reasonForOutcome(call, outcome, route.retry), outcome);
    const { replay } = call;
    if (replay) replay.isDone = true;
    // An earlier call with this key may have left a letter. The write is answered now.
    else if (call.info.facts?.isRepeat) letters.removeAnswered(call);
    return undefined;
  }

  function failed({ call }: Execution, error: unknown): void {
    recordEnd(call, reasonForError(call, error), undefined);
  }

  function recordEnd(call: ActiveCall, reason: string | undefined, outcome: Outcome | undefined): undefined {
    const { info, replay, method, request } = call;
    if (replay) replay.reason = reason ?? (outcome ? `${outcome.kind} ${outcome.status ?? ''}`.trim() : 'cancelled');
    if (reason === undefined || replay || request.retriedBy !== undefined) return undefined;
    if (info.facts?.answeredBy === 'identical call' || info.facts?.isExecuted) return undefined;
    const { keep } = letters.options;
    if (keep === 'writes' && (SAFE.has(method) || route.readOnly)) return undefined;
    const isWanted = typeof keep !== 'function' || letters.isWanted(keep, call, reason);
    if (isWanted) letters.keepCall(call, reason);
    return undefined;
  }
}
