import { isSecret, type Outcome } from '@holdline/core';
import { settle } from '@holdline/core/testing';
import { policyCase, type RunnablePolicyCase } from './define-policy-case.js';
import { answerWith, type PolicyCall, type PolicyLine } from './policy-line.js';
import { makeOutcomes, type PolicyScene } from './policy-scene.js';

/** Calls that begin at once in one case. */
const CALLS = 10;

/** How a policy keeps calls and lines apart, and what it uses and shows. */
export const STATE_CASES: readonly RunnablePolicyCase[] = [
  policyCase(
    'keeps ten calls at once apart',
    {
      why: 'A line makes many calls at once. A variable outside of the interceptor belongs to all of them.',
      guide: 'build-one',
    },
    async (scene) => {
      const line = scene.line();
      const outcomes = new Map<PolicyCall, Outcome>();
      const held: (() => void)[] = [];
      line.platform = (call) =>
        new Promise((resolve) => {
          const outcome = answerWith({ status: 200 });
          outcomes.set(call, outcome);
          held.push(() => resolve(outcome));
        });
      const calls = Array.from({ length: CALLS }, () => line.start());
      await settle();
      // The platform answers the last request first.
      for (const call of calls) await line.end(call, () => held.pop()?.());
      for (const call of calls) {
        const own = outcomes.get(call);
        if (own === undefined) continue;
        scene.check(
          call.error === undefined,
          `A call failed because others ran at the same time: ${String(call.error)}`,
        );
        const isMixed = [...outcomes.values()].some((other) => other !== own && other === call.end?.outcome);
        scene.check(!isMixed, 'A call got the outcome of another call that ran at the same time.');
      }
    },
  ),
  policyCase(
    'takes a call that starts when another one ends',
    {
      why: 'A program reads a page after the last one, in the continuation of its call. State of the last call must be gone by then.',
      guide: 'build-one',
    },
    async (scene) => {
      const line = scene.line();
      const first = line.start();
      const next: PolicyCall[] = [];
      void first.promise.then(
        () => {
          const second = line.start();
          next.push(second);
          void second.promise.then(
            () => next.push(line.start()),
            () => undefined,
          );
        },
        () => undefined,
      );
      await line.end(first);
      scene.check(first.error === undefined, `The first call of a line failed: ${String(first.error)}`);
      for (const call of next) {
        await line.end(call);
        scene.check(
          call.error === undefined,
          `A call in the continuation of another one failed: ${String(call.error)}`,
        );
      }
    },
  ),
  policyCase(
    'takes a call that starts inside another one',
    {
      why: 'A grant, a verify hook or an interceptor may call the same line during an attempt. A policy that waits for the outer call hangs both.',
      guide: 'build-one',
      needs: ['nests'],
    },
    async (scene) => {
      const line = scene.line();
      let inner: PolicyCall | undefined;
      line.platform = async (call) => {
        if (call.number === 1) await line.end((inner = line.start()));
        return answerWith({ status: 200 });
      };
      const outer = await line.end(line.start());
      const error = inner?.error ?? outer.error;
      scene.check(error === undefined, `A call inside an attempt of another one failed: ${String(error)}`);
    },
  ),
  policyCase(
    'uses no time and no random numbers but those of its ports',
    {
      why: 'Tests run on a virtual clock with seeded numbers. A policy with a clock of its own is slow to test, and nobody can repeat its run.',
      guide: 'never',
    },
    async (scene) => {
      await exercise(scene, scene.line());
      const { ambient } = scene.watch;
      scene.check(
        ambient.size === 0,
        `The policy used ${[...ambient].join(', ')}. Use clock.now(), clock.wall(), call.wait(clock, ms) and random.next().`,
      );
    },
  ),
  policyCase(
    'keeps the state of two lines apart',
    {
      why: 'A line is one platform and one configuration. A 429 of one platform must not stop the calls to another one.',
      guide: 'never',
    },
    async (scene) => {
      const policy = scene.create();
      const [first, second] = [await exercise(scene, scene.line(policy)), await exercise(scene, scene.line(policy))];
      const at = second.findIndex((step, i) => step !== first[i]);
      scene.check(
        at < 0,
        `A second line with the same policy did something else than the first line. Its call ${at + 1}: ${second[at]}. The same call of the first line: ${first[at]}. State belongs into create.`,
      );
    },
  ),
  policyCase(
    'writes no header and no answer to a log',
    {
      why: 'Headers and answers contain credentials and personal data. Logs are read by many.',
      guide: 'never',
    },
    async (scene) => {
      await exercise(scene, scene.line());
      const { leaks } = scene.watch;
      scene.check(leaks.size === 0, `The policy wrote a header or an answer with ${[...leaks].join(', ')}.`);
    },
  ),
  policyCase(
    'shows no secret in its options',
    {
      why: 'explain() and the dashboard show the options of each policy.',
      guide: 'never',
    },
    async (scene) => {
      const line = scene.line();
      await exercise(scene, line);
      const shown = line.explained();
      const secret = findSecret(shown, 'options');
      scene.check(
        secret === undefined,
        `explain() shows ${secret}. Give the policy a function that returns the secret, or secret() of @holdline/core.`,
      );
      scene.check(
        !scene.watch.reveals(JSON.stringify(shown) ?? '') && line.revealing.size === 0,
        'The options of the policy contain a header or an answer of a call.',
      );
    },
  ),
];

/** Makes calls with all kinds of outcomes, one that waits and one that is refused. Returns what the policy did with each. */
async function exercise({ subject, watch }: PolicyScene, line: PolicyLine): Promise<string[]> {
  const steps: string[] = [];
  /** Returns whether the call ended. Another case reports a call that does not end. */
  const end = async (call: PolicyCall): Promise<boolean> => {
    const isEnded = await line.end(call).then(
      () => true,
      () => false,
    );
    steps.push(isEnded ? describe(line, call) : 'did not end');
    return isEnded;
  };
  for (const outcome of makeOutcomes()) {
    line.platform = () => outcome;
    if (!(await end(line.start()))) return steps;
  }
  for (const provocation of [subject.waits, subject.refuses]) {
    if (!provocation) continue;
    await watch.leave(() => provocation.provoke?.(line));
    line.platform = () => answerWith({ status: 200 });
    if (!(await end(line.start(provocation.request)))) return steps;
  }
  return steps;
}

function describe({ clock }: PolicyLine, { passes, end, written }: PolicyCall): string {
  const how = end?.outcome ? `outcome '${end.outcome.kind}'` : `error ${nameOf(end?.error)}`;
  const headers = written.size === 0 ? '' : `, wrote ${[...written].sort().join(' and ')}`;
  return `${how} at ${clock.now()} ms after ${passes} attempts${headers}`;
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

const SECRET_NAME = /token|secret|password|credential|authorization|api_?key|access_?key/i;
const MAX_DEPTH = 6;

/** Path of a text in plain options whose name says that it is a secret. */
function findSecret(value: unknown, path: string, depth = 0): string | undefined {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH || isSecret(value)) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const own = `${path}.${key}`;
    if (typeof member === 'string' && member !== '' && SECRET_NAME.test(key)) return own;
    const found = findSecret(member, own, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
