import type { KeptAnswer, VerifyResult } from '../contract/call.js';
import { answered, type Outcome } from '../contract/outcome.js';
import { activeContext } from './active-context.js';
import type { ActiveCall } from './call.js';

/** Makes the outcome of a kept answer. Undefined: the client of the call cannot make its native result. */
export function restoreAnswer({ request, info }: ActiveCall, answer: KeptAnswer): Outcome | undefined {
  const { status, headers } = answer;
  const value = request.restoreAnswer?.(answer);
  if (value === undefined) return undefined;
  info.ensureFacts().isRecalled = true;
  const outcome = answered(value, { status, header: (name) => headers[name] });
  info.recordOutcome(outcome);
  return outcome;
}

/**
 * Calls a `verify` hook, and makes the outcome of the answer that the hook supplies. An error of the hook counts as not known. Of the
 * context of the write, the calls of the hook get the tenant only: they are no steps of its transaction.
 */
export async function askVerify(
  call: ActiveCall,
  ask: () => VerifyResult | Promise<VerifyResult>,
): Promise<{ executed?: boolean | undefined; outcome?: Outcome | undefined }> {
  try {
    const { tenant } = call;
    const result = await activeContext.run(tenant === undefined ? {} : { tenant }, ask);
    if (typeof result !== 'object') return { executed: result };
    const { executed, answer } = result;
    return { executed, outcome: answer && restoreAnswer(call, { statusText: '', headers: {}, body: '', ...answer }) };
  } catch {
    return {};
  }
}
