import type { Call, KeptAnswer, UncertainWrite, VerifyResult } from '../contract/call.js';
import type { AnswerSource } from '../contract/events.js';
import type { Clock } from '../contract/clock.js';
import { answered, Outcome } from '../contract/outcome.js';
import { activeContext } from './active-context.js';
import { startTimeLimit } from '../runtime/time-limit.js';
import { type ActiveCall, describeUncertainWrite } from './call.js';

/** A `verify` hook with its time limit. */
interface VerifyHook {
  readonly verify?: ((write: UncertainWrite) => Promise<VerifyResult>) | undefined;
  readonly verifyTimeoutMs: number;
}

/**
 * Makes the outcome of a kept answer. Undefined: the client of the call cannot make its native result.
 *
 * @param source - Where the answer comes from.
 * @internal
 */
export function restoreAnswer(call: Call, answer: KeptAnswer, source: AnswerSource = 'journal'): Outcome | undefined {
  const { request, info } = call as ActiveCall;
  const { status, headers } = answer;
  const value = request.restoreAnswer?.(answer);
  if (value === undefined) return undefined;
  info.ensureFacts().answeredBy = source;
  const outcome = answered(value, { status, header: (name) => headers[name] });
  info.recordOutcome(outcome);
  return outcome;
}

/** Copies an outcome for another call with the same request. Without `copy`, both calls get the same object. */
export function copyOutcome({ request }: ActiveCall, ended: Outcome): Outcome {
  const { kind, value, threw, status, header } = ended;
  if (!request.copy || kind === 'cancelled') return ended;
  return new Outcome(kind, request.copy(value), threw, status, header, undefined, undefined);
}

/**
 * Calls a `verify` hook, and makes the outcome of the answer that the hook supplies. An error of the hook, or no result within its time
 * limit, counts as not known. Of the
 * context of the write, the calls of the hook get the tenant only: they are no steps of its transaction.
 */
export async function askVerify(
  call: ActiveCall,
  { verify, verifyTimeoutMs }: VerifyHook,
  clock: Clock,
): Promise<{ executed?: boolean | undefined; outcome?: Outcome | undefined }> {
  try {
    const { tenant } = call;
    const result = await new Promise<VerifyResult>((resolve, reject) => {
      const ask = async (): Promise<VerifyResult> => verify?.(describeUncertainWrite(call));
      const stop = verify && startTimeLimit(clock, verifyTimeoutMs, () => resolve(undefined));
      activeContext
        .run(tenant === undefined ? {} : { tenant }, ask)
        .finally(stop)
        .then(resolve, reject);
    });
    if (typeof result !== 'object') return { executed: result };
    const { executed, answer } = result;
    return { executed, outcome: answer && restoreAnswer(call, { statusText: '', headers: {}, body: '', ...answer }) };
  } catch {
    return {};
  }
}
