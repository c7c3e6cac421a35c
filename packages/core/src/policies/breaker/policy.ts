import type { CircuitResult } from '../../contract/engines.js';
import type { Outcome } from '../../contract/outcome.js';
import type { Execution, Step } from '../../pipeline/execution.js';
import type { DryRun } from '../../runtime/dry-run.js';
import type { Breaker } from './breaker.js';
import type { BreakerCircuit, Ticket } from './circuit.js';
import type { BreakerOptions } from './options.js';

/** Returns how an outcome counts. A 4xx is no failure; 429s count separately; failures of the client do not count. */
function resultOf(outcome: Outcome): CircuitResult {
  if (outcome.kind === 'ok') return 'success';
  if (outcome.kind === 'cancelled' || outcome.kind === 'local') return 'none';
  if (outcome.kind === 'rejected' && outcome.status === undefined) return 'none';
  if (outcome.isThrottled) return outcome.isLate ? 'none' : 'throttled';
  if (outcome.status === undefined || outcome.status >= 500) return 'failure';
  return outcome.kind === 'unknown' ? 'failure' : 'success';
}

/** The `break` phase: refuses an attempt while its circuit is open. */
export function breakerStep(breaker: Breaker, options: Required<BreakerOptions>, dryRun: DryRun | undefined): Step {
  const perCredential = options.scope === 'credential';
  /** The circuit of the last attempt. Most routes have one host, so most attempts need no lookup. */
  let last: BreakerCircuit | undefined;
  return { enter, leave, failed };

  function enter(execution: Execution): undefined {
    const { call } = execution;
    if (dryRun?.isDecided(call)) return;
    const mayBeOther = perCredential || last?.origin !== call.origin;
    if (!last || last.isForgotten || mayBeOther) last = breaker.circuit(call, options);
    execution.ticket = last.admit();
    if (execution.ticket) return;
    const refusal = breaker.refusal(last, call);
    if (!dryRun) throw refusal;
    dryRun.refuse(call, 'breaker', refusal);
  }

  function leave(execution: Execution, outcome: Outcome): undefined {
    const ticket = ticketOf(execution);
    ticket?.circuit.record(ticket, resultOf(outcome), outcome.status);
  }

  function failed(execution: Execution): void {
    const ticket = ticketOf(execution);
    ticket?.circuit.record(ticket, 'none', undefined);
  }
}

/** Returns the ticket, which only this step sets. */
function ticketOf({ ticket }: Execution): Ticket | undefined {
  return ticket as Ticket | undefined;
}
