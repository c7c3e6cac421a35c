import { type Call, doubtOf } from '../../call/call.js';
import { OutcomeUnknownError } from '../../contract/errors.js';
import type { Outcome } from '../../contract/outcome.js';
import type { Next } from '../../contract/policy.js';
import { readSafely } from '../../contract/safe-read.js';
import type { Ports } from '../../contract/store.js';
import { IDEMPOTENT } from '../../http/methods.js';
import { readAskedWait } from '../../http/requested-wait.js';
import type { Passage, Step } from '../../pipeline/execution.js';
import type { Events } from '../../runtime/events.js';
import { Budget } from './budget.js';
import { decideRetry, type RetryDecision } from './decide.js';
import { type ResolvedRetry, RETRY_DEFAULTS } from './options.js';

/** Hosts whose budgets are remembered. */
const MOST_HOSTS = 1_000;

/** The budgets of a line, by host. */
export type Budgets = Map<string, Budget>;

/** The `retry` phase: the only loop. */
export function retryStep(
  options: ResolvedRetry,
  route: { readOnly: boolean; keyed: boolean },
  ports: Ports,
  events: Events,
  budgets: Budgets,
): Step {
  const { clock, random } = ports;
  const budgetOptions = { ...RETRY_DEFAULTS.budget, ...options.budget };
  return { leave };

  function leave(passage: Passage, outcome: Outcome): Promise<unknown> | undefined {
    const { call } = passage;
    if (call.request.retriedBy !== undefined) return undefined;
    if (outcome.kind !== 'ok') return passage.leaveWith(again(call, passage.next, outcome));
    if (budgets.size > 0) budgets.get(call.origin)?.succeeded();
    return undefined;
  }

  async function again(call: Call, next: Next, first: Outcome): Promise<Outcome> {
    let outcome = first;
    for (let attempts = 1; ; attempts++) {
      const decision = await decide(call, outcome, attempts);
      if ('giveUp' in decision) {
        if (decision.giveUp !== 'answered') tellGiveUp(call, decision.giveUp);
        return outcome;
      }
      if (events.has('retry')) {
        events.emit('retry', {
          route: call.route.name,
          attempt: attempts + 1,
          reason: outcome.kind,
          afterMs: decision.after,
        });
      }
      if (decision.after > 0) await call.wait(clock, decision.after);
      outcome = await next(call);
    }
  }

  async function decide(call: Call, outcome: Outcome, attempts: number): Promise<RetryDecision> {
    // A key makes a write repeatable only where the route honours it, and only if it is sent.
    const keyed = route.keyed && call.info.idempotencyKey !== undefined;
    let decision = decideNow(call, outcome, attempts, IDEMPOTENT.has(call.method) || route.readOnly || keyed);
    if ('giveUp' in decision && decision.giveUp === 'not repeatable' && outcome.kind === 'unknown') {
      const executed = await wasExecuted(call);
      if (executed !== false) throw unknownOutcome(call, outcome, executed === true);
      call.info.traced().withoutEffect++;
      decision = decideNow(call, outcome, attempts, true);
    }
    const free = outcome.kind === 'refused' || options.budget === false;
    if ('after' in decision && !free && !budgetOf(call).spend(clock.now())) return { giveUp: 'retry budget used up' };
    return decision;
  }

  function decideNow(call: Call, outcome: Outcome, attempts: number, repeatable: boolean): RetryDecision {
    const now = clock.now();
    const context = {
      attempts,
      elapsedMs: now - call.startedAt,
      remainingMs: call.deadlineAt - now,
      repeatable,
      replayable: call.request.replayable,
      retryAfterMs: askedWait(call, outcome, now),
      gated: outcome.gatedUntil !== undefined,
      chance: random.next(),
    };
    return decideRetry(outcome, context, options);
  }

  async function wasExecuted(call: Call): Promise<boolean | undefined> {
    try {
      return await options.verify?.(doubtOf(call));
    } catch {
      return undefined;
    }
  }

  /** Milliseconds the platform wants to wait, and the time to tell the caller if we will not. */
  function askedWait(call: Call, outcome: Outcome, now: number): number | undefined {
    call.info.retryAt = undefined;
    const { gatedUntil } = outcome;
    // Behind a gate what the platform asks for has been read, and a time too short to mean anything left out.
    const wait =
      gatedUntil === undefined ? readAskedWait(outcome, clock)?.ms : (outcome.askedMs ?? Math.max(0, gatedUntil - now));
    if (wait !== undefined) call.info.retryAt = clock.wall() + wait;
    return wait;
  }

  function budgetOf(call: Call): Budget {
    const host = call.origin;
    const { generation } = call.route;
    let budget = budgets.get(host);
    if (!budget) {
      budgets.set(host, (budget = new Budget(budgetOptions, clock.now())));
      // One that is forgotten begins anew with all its retries.
      if (budgets.size > MOST_HOSTS) budgets.delete(budgets.keys().next().value as string);
    }
    // A call that was made before an update, and is sent again, goes by the numbers of now.
    if (generation >= budget.optionsOf) {
      budget.options = budgetOptions;
      budget.optionsOf = generation;
    }
    return budget;
  }

  function unknownOutcome(call: Call, outcome: Outcome, executed: boolean): OutcomeUnknownError {
    const { route: name, attempts, waitedMs } = call.info;
    tellGiveUp(call, 'not repeatable');
    if (executed) call.info.traced().isExecuted = true;
    const what = executed ? 'was executed, but its answer is lost' : 'may or may not have been executed';
    return new OutcomeUnknownError(`${name} ${what}; sending it again could do it twice`, {
      route: name,
      attempts,
      waitedMs,
      cause: outcome.value,
      response: answerIn(outcome, call),
    });
  }

  function tellGiveUp(call: Call, reason: string): void {
    if (!events.has('giveUp')) return;
    const { route: name, attempts, retryAt } = call.info;
    events.emit('giveUp', { route: name, attempts, reason, retryAt });
  }
}

/** What the platform answered, as the client hands it out; undefined where no answer came. */
function answerIn({ status, value, threw }: Outcome, { request }: Call): unknown {
  if (status === undefined) return undefined;
  if (request.answer) return request.answer(value);
  return threw ? readSafely(value, 'response') : value;
}
