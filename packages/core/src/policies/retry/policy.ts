import type { ActiveCall } from '../../call/call.js';
import { askVerify } from '../../call/restore-answer.js';
import { OutcomeUnknownError } from '../../contract/errors.js';
import type { GiveUpReason } from '../../contract/events.js';
import type { Outcome } from '../../contract/outcome.js';
import type { Next } from '../../contract/policy.js';
import { readSafely } from '../../contract/safe-read.js';
import type { Ports } from '../../contract/store.js';
import { readRequestedWait } from '../../http/requested-wait.js';
import type { Execution, Step } from '../../pipeline/execution.js';
import type { DryRun } from '../../runtime/dry-run.js';
import type { Events } from '../../runtime/events.js';
import { Budget } from './budget.js';
import { decideRetry, isVersionConflict, type RetryDecision } from './decide.js';
import { type ResolvedRetry, RETRY_DEFAULTS } from './options.js';

/** Longest body of a 400 that is searched for a version conflict. */
const MAX_CONFLICT_BYTES = 65_536;
/** Maximum number of hosts with a budget. */
const MAX_HOSTS = 1_000;

/** The budgets of a line, by host. */
export type Budgets = Map<string, Budget>;

/** The `retry` phase: repeats attempts. No other phase does. */
export function retryStep(
  options: ResolvedRetry,
  ports: Ports,
  events: Events,
  budgets: Budgets,
  dryRun: DryRun | undefined,
  isKeyed: boolean,
): Step {
  const { clock, random } = ports;
  const budgetOptions = { ...RETRY_DEFAULTS.budget, ...options.budget };
  return { leave };

  function leave(execution: Execution, outcome: Outcome): Promise<unknown> | undefined {
    const { call } = execution;
    if (call.request.retriedBy !== undefined) return undefined;
    if (outcome.isThrottled && call.info.facts?.hasStaleAnswer?.()) return undefined;
    if (outcome.kind !== 'ok')
      return dryRun ? report(dryRun, call, outcome) : execution.completeWith(repeat(call, execution.next, outcome));
    if (budgets.size > 0) budgets.get(call.origin)?.addSuccess();
    return undefined;
  }

  /** Reports what would follow the first attempt. */
  function report(dryRun: DryRun, call: ActiveCall, outcome: Outcome): undefined {
    if (dryRun.isDecided(call)) return;
    let decision = decideNow(call, outcome, 1, call.isRepeatable || isKeyed);
    if (!isAffordable(call, outcome, decision)) decision = { giveUp: 'retry budget used up' };
    if ('after' in decision) {
      const gateMs = (outcome.gatedUntil ?? 0) - clock.now();
      dryRun.report(call, 'retry', 'retry', { forMs: Math.max(decision.after, gateMs), reason: outcome.kind });
    } else if (decision.giveUp === 'not repeatable') {
      const reason = options.verify ? 'retry.verify decides' : decision.giveUp;
      dryRun.report(call, 'retry', 'fail', { error: 'HOLDLINE_OUTCOME_UNKNOWN', reason });
    } else if (decision.giveUp !== 'answered') reportGiveUp(call, decision.giveUp);
  }

  async function repeat(call: ActiveCall, next: Next, first: Outcome): Promise<Outcome> {
    let outcome = first;
    for (let attempts = 1; ; attempts++) {
      const decision = await decide(call, outcome, attempts);
      if ('outcome' in decision) return decision.outcome;
      if ('giveUp' in decision) {
        if (decision.giveUp !== 'answered') reportGiveUp(call, decision.giveUp);
        return outcome;
      }
      if (events.has('retry')) {
        events.emit('retry', {
          callId: call.id,
          route: call.route.name,
          attempt: attempts + 1,
          reason: outcome.kind,
          afterMs: decision.after,
        });
      }
      // An unread body would hold its connection for the whole wait.
      call.request.discard?.();
      if (decision.after > 0) await call.wait(clock, decision.after);
      outcome = await next(call);
    }
  }

  async function decide(
    call: ActiveCall,
    outcome: Outcome,
    attempts: number,
  ): Promise<RetryDecision | { outcome: Outcome }> {
    const { isRepeatable } = call;
    const isConflict = await isConflictOfOwn(call, outcome);
    let decision = decideNow(call, outcome, attempts, isRepeatable, isConflict);
    const { giveUp } = decision as { giveUp?: string };
    if (isConflict || (giveUp === 'not repeatable' && outcome.kind === 'unknown')) {
      const verified = await askVerify(call, options, clock);
      if (verified.outcome) return { outcome: verified.outcome };
      if (verified.executed !== false) throw unknownOutcome(call, outcome, verified.executed === true, isConflict);
      const facts = call.info.ensureFacts();
      facts.isUncertain = false;
      if (isConflict) {
        facts.attemptsWithoutEffect = call.attempts;
        return { giveUp: 'answered' };
      }
      facts.attemptsWithoutEffect++;
      decision = decideNow(call, outcome, attempts, true);
    }
    return isAffordable(call, outcome, decision) ? decision : { giveUp: 'retry budget used up' };
  }

  /** Takes a retry from the budget, if the decision is one that costs. False: the budget is used up. */
  function isAffordable(call: ActiveCall, outcome: Outcome, decision: RetryDecision): boolean {
    const isFree = !('after' in decision) || outcome.kind === 'refused' || options.budget === false;
    return isFree || budgetOf(call).spend(clock.now());
  }

  /** Whether the platform refused a repetition because an earlier attempt of the same write has probably changed the version. */
  async function isConflictOfOwn(call: ActiveCall, { kind, status, value }: Outcome): Promise<boolean> {
    const { info, replay, request, method } = call;
    if (kind !== 'rejected' || !/^P(UT|ATCH)$/.test(method)) return false;
    if (!info.mayBeExecuted && replay?.mayRotate !== false) return false;
    const body = status === 400 ? await request.answerBody?.(value, MAX_CONFLICT_BYTES) : '';
    return isVersionConflict(
      status,
      body instanceof Uint8Array ? new TextDecoder().decode(body) : `${JSON.stringify(body)}`,
    );
  }

  function decideNow(
    call: ActiveCall,
    outcome: Outcome,
    attempts: number,
    repeatable: boolean,
    isConflict = false,
  ): RetryDecision {
    const now = clock.now();
    const context = {
      attempts,
      elapsedMs: now - call.startedAt,
      remainingMs: call.deadlineAt - now,
      repeatable,
      isConflict,
      replayable: call.request.replayable,
      retryAfterMs: readWait(call, outcome, now),
      gated: outcome.gatedUntil !== undefined,
      chance: random.next(),
    };
    return decideRetry(outcome, context, options);
  }

  /** Returns the milliseconds that the platform asks the client to wait, and sets `retryAt` for the caller. */
  function readWait(call: ActiveCall, outcome: Outcome, now: number): number | undefined {
    call.info.retryAt = undefined;
    const { gatedUntil } = outcome;
    // For a gated outcome the governor has already read the wait, and ignored one that is too short.
    const wait =
      gatedUntil === undefined
        ? readRequestedWait(outcome, clock)?.ms
        : (outcome.requestedMs ?? Math.max(0, gatedUntil - now));
    if (wait !== undefined) call.info.retryAt = clock.wall() + wait;
    return wait;
  }

  function budgetOf(call: ActiveCall): Budget {
    const host = call.origin;
    const { generation } = call.route;
    const budget = budgets.get(host) ?? new Budget(budgetOptions, clock.now());
    // The map is in the order of use. Its first host is the one with the oldest last retry.
    budgets.delete(host);
    if (budgets.size >= MAX_HOSTS) budgets.delete(budgets.keys().next().value as string);
    budgets.set(host, budget);
    // A call from before an update uses the newer options.
    if (generation >= budget.optionsGeneration) {
      budget.options = budgetOptions;
      budget.optionsGeneration = generation;
    }
    return budget;
  }

  function unknownOutcome(
    call: ActiveCall,
    outcome: Outcome,
    executed: boolean,
    isConflict: boolean,
  ): OutcomeUnknownError {
    reportGiveUp(call, isConflict ? 'probably executed' : 'not repeatable');
    if (executed) call.info.ensureFacts().isExecuted = true;
    const state = isConflict ? 'was probably executed by an earlier attempt' : 'may or may not have been executed';
    const what = executed ? 'was executed, but its answer is lost' : state;
    return new OutcomeUnknownError(`${call.route.name} ${what}; a retry could execute it twice (retry.verify)`, {
      ...call.errorDetails(),
      cause: outcome.value,
      response: responseOf(outcome, call),
    });
  }

  function reportGiveUp(call: ActiveCall, reason: GiveUpReason): void {
    if (!events.has('giveUp')) return;
    const { route: name, attempts, retryAt } = call.info;
    events.emit('giveUp', { callId: call.id, route: name, attempts, reason, retryAt });
  }
}

/** Returns the answer of the platform in the client's own form; undefined: no answer came. */
function responseOf({ status, value, threw }: Outcome, { request }: ActiveCall): unknown {
  if (status === undefined) return undefined;
  if (request.answer) return request.answer(value);
  return threw ? readSafely(value, 'response') : value;
}
