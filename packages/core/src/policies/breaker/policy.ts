import type { CircuitResult } from '../../contract/engines.js';
import type { Outcome } from '../../contract/outcome.js';
import type { Passage, Step } from '../../pipeline/execution.js';
import type { Breaker } from './breaker.js';
import type { AnyCircuit } from './circuit.js';
import type { BreakerOptions } from './options.js';

/** How an outcome counts. 4xx are answers of a healthy platform; 429 counts apart. What fails on our side does not count. */
function resultOf(outcome: Outcome): CircuitResult {
  if (outcome.kind === 'ok') return 'success';
  if (outcome.kind === 'cancelled' || outcome.kind === 'local') return 'none';
  if (outcome.kind === 'rejected' && outcome.status === undefined) return 'none';
  if (outcome.status === 429) return outcome.isLate ? 'none' : 'throttled';
  if (outcome.status === undefined || outcome.status >= 500) return 'failure';
  return outcome.kind === 'unknown' ? 'failure' : 'success';
}

/** The `break` phase: may this attempt leave at all? */
export function breakerStep(breaker: Breaker, options: Required<BreakerOptions>): Step {
  const perCredential = options.scope === 'credential';
  /** Mostly a route has one host. */
  let last: AnyCircuit | undefined;
  return { enter, leave, failed };

  function enter(passage: Passage): undefined {
    const { call } = passage;
    const mayBeOther = perCredential || last?.origin !== call.origin;
    if (!last || last.isForgotten || mayBeOther) last = breaker.circuit(call, options);
    passage.ticket = last.admit();
    if (!passage.ticket) throw breaker.refusal(last, call);
  }

  function leave({ ticket }: Passage, outcome: Outcome): undefined {
    ticket?.circuit.record(ticket, resultOf(outcome), outcome.status);
  }

  function failed({ ticket }: Passage): void {
    ticket?.circuit.record(ticket, 'none', undefined);
  }
}
