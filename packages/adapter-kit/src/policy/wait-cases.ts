import { settle } from '@holdline/core/testing';
import { policyCase, type RunnablePolicyCase } from './define-policy-case.js';
import type { PolicyCall, PolicyLine } from './policy-line.js';
import type { PolicyScene } from './policy-scene.js';

/** An attempt that left after the end of its call leaves within this virtual time, ms. */
const LATER_MS = 24 * 3_600_000;

/** What a policy does with calls that wait. */
export const WAIT_CASES: readonly RunnablePolicyCase[] = [
  policyCase(
    'ends a wait in the tick of an abort, and sends nothing',
    {
      why: 'The caller has given up. A call that waits on holds memory, and a write that leaves later surprises everybody.',
      guide: 'never',
      needs: ['waits'],
    },
    async (scene) => {
      const controller = new AbortController();
      const { line, call, timers } = await startWaiting(scene, controller.signal);
      const reason = new Error('the caller gave up');
      controller.abort(reason);
      await settle();
      scene.check(call.end !== undefined, `The wait went on after the caller had aborted the call. ${hintFor(line)}`);
      scene.check(call.error === reason, 'The caller must get the reason of its abort.');
      await line.advance(LATER_MS);
      scene.check(call.passes === 0, 'The policy passed on a call that the caller had aborted.');
      scene.check(
        line.clock.pending <= timers,
        'The wait of the aborted call left its timer behind. Each aborted call then holds memory until the timer ends.',
      );
    },
  ),
  policyCase(
    'ends a wait when the line closes',
    {
      why: 'close() waits for calls. A call that waits on keeps the process from ending.',
      guide: 'never',
      needs: ['waits'],
    },
    async (scene) => {
      const { line, call } = await startWaiting(scene);
      const closing = line.line.close({ timeoutMs: 1 });
      await settle();
      scene.check(call.end !== undefined, `The wait went on after the line had closed. ${hintFor(line)}`);
      scene.check(call.passes === 0, 'The policy passed a call on after the line had closed.');
      await line.advance(1);
      await closing;
    },
  ),
  policyCase(
    'ends each wait by itself',
    {
      why: 'Nothing waits for ever. A wait that no timer and no answer ends is a call that hangs.',
      guide: 'never',
      needs: ['waits'],
    },
    async (scene) => {
      const { line, call } = await startWaiting(scene);
      await line.end(call);
    },
  ),
];

/** Starts a call that the policy lets wait. */
async function startWaiting(
  scene: PolicyScene,
  signal?: AbortSignal,
): Promise<{ line: PolicyLine; call: PolicyCall; timers: number }> {
  const { waits } = scene.subject;
  const line = await scene.provoked(waits);
  const timers = line.clock.pending;
  const call = line.start(waits?.request, signal);
  await settle();
  scene.check(
    call.isEntered && call.passes === 0 && call.end === undefined,
    'The call after `waits.provoke` must wait in the policy. It did not wait.',
  );
  return { line, call, timers };
}

function hintFor({ policy }: PolicyLine): string {
  return policy.phase === 'observe'
    ? 'In the phase observe, listen to call.request.signal and call.context?.signal as well: call.wait(clock, ms) hears only the end of the line there.'
    : 'Wait with call.wait(clock, ms), or listen with call.onGone().';
}
