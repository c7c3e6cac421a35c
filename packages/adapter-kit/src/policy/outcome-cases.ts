import { ClosedError, HoldlineError } from '@holdline/core';
import { Problem } from '../contract/failure.js';
import { policyCase, type RunnablePolicyCase } from './define-policy-case.js';
import { makeOutcomes } from './policy-scene.js';
import type { PolicyCall } from './policy-line.js';

const show = (value: unknown): string => (value instanceof Error ? `${value.name} '${value.message}'` : String(value));

/** What a policy does with outcomes and errors. */
export const OUTCOME_CASES: readonly RunnablePolicyCase[] = [
  policyCase(
    'passes each outcome on as the same object',
    {
      why: 'Policies outside of yours hold permits and circuits. An outcome tells them to release those; a copy or a rejection does not.',
      guide: 'what-next-returns',
      needs: ['passesOutcomes'],
    },
    async (scene) => {
      let passed = 0;
      for (const outcome of makeOutcomes()) {
        const call = await scene.line().run(outcome);
        if (call.passes === 0) continue;
        passed++;
        const kind = `an outcome '${outcome.kind}'`;
        scene.check(
          call.end?.error === undefined,
          `The policy turned ${kind} into the error ${show(call.end?.error)}.`,
        );
        scene.check(call.end?.outcome === outcome, `The policy replaced ${kind} by another outcome.`);
      }
      scene.check(passed > 0, 'The policy let no call pass. Name a request that it lets pass in `request`.');
    },
  ),
  policyCase(
    'passes errors of Holdline and of other policies on',
    {
      why: 'A caller tests for the error of Holdline with isHoldlineError(). A wrapped error, or none, hides that the line refused the call.',
      guide: 'what-next-returns',
    },
    async (scene) => {
      for (const error of [
        new ClosedError('the line is closed'),
        new Error('of another policy'),
        'a reason of the caller',
      ]) {
        const line = scene.line();
        line.platform = () => {
          throw error;
        };
        const call = await line.end(line.start());
        if (call.passes === 0) continue;
        const what =
          error instanceof HoldlineError
            ? 'An error of Holdline'
            : typeof error === 'string'
              ? 'The reason of an abort'
              : 'An error of another policy';
        const got = call.end?.outcome ? `the outcome '${call.end.outcome.kind}'` : show(call.end?.error);
        scene.check(call.end?.error === error, `${what} must pass the policy as the same object. It became ${got}.`);
      }
    },
  ),
  policyCase(
    'refuses each call with an error of its own',
    {
      why: 'callInfo() finds the facts about a call by the identity of its error. One error for two calls tells the facts of the wrong call.',
      guide: 'what-next-returns',
      needs: ['refuses'],
    },
    async (scene) => {
      const { refuses } = scene.subject;
      const errors: unknown[] = [];
      for (let i = 0; i < 2; i++) {
        const line = await scene.provoked(refuses);
        const call = await line.end(line.start(refuses?.request));
        scene.check(call.passes === 0, 'The policy passed on a call that it must refuse.');
        scene.check(
          call.end?.outcome === undefined,
          `The policy must refuse a call with an error. It returned the outcome '${call.end?.outcome?.kind}'.`,
        );
        scene.check(
          call.error instanceof Error,
          `The policy refused a call with ${show(call.error)}, which is no Error.`,
        );
        scene.check(call.error === call.end?.error, 'The caller did not get the error object of the policy.');
        errors.push(call.error);
      }
      scene.check(errors[0] !== errors[1], 'The policy refused two calls with the same error object.');
    },
  ),
  policyCase(
    'calls next at most once',
    {
      why: 'A second call of next repeats the request. After the phase retry nobody then checks that it may be sent twice.',
      guide: 'never',
    },
    async (scene) => {
      for (const outcome of makeOutcomes()) checkPasses(await scene.line().run(outcome));
      const line = scene.line();
      line.platform = () => {
        throw new Error('of another policy');
      };
      checkPasses(await line.end(line.start()));
    },
  ),
  policyCase(
    'leaves the request body and the answer alone',
    {
      why: 'A body may be a stream that can be read once. Who reads it sends an empty request; who discards an answer breaks its caller.',
      guide: 'never',
    },
    async (scene) => {
      for (const outcome of makeOutcomes()) {
        const { touched } = await scene.line().run(outcome);
        scene.check(touched.size === 0, `The policy called ${[...touched].join(' and ')} of the request.`);
      }
    },
  ),
  policyCase(
    'writes no Authorization before the phase sign',
    {
      why: 'A call may wait for minutes after your policy. Its token would be old when it leaves.',
      guide: 'never',
    },
    async (scene) => {
      const line = scene.line();
      const { phase } = line.policy;
      const call = await line.run(makeOutcomes()[0]!);
      const isLate = phase === 'sign' || phase === 'send';
      scene.check(
        isLate || !call.written.has('authorization'),
        `The policy writes Authorization in the phase ${phase}.`,
      );
    },
  ),
];

function checkPasses({ passes }: PolicyCall): void {
  if (passes > 1) throw new Problem(`The policy called next ${passes} times for one call.`);
}
