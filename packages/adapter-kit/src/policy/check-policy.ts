import { check, createHoldline } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import type { PolicyFeature, PolicyRequest, PolicyUnderTest, Provocation } from './types.js';

const FEATURES: readonly PolicyFeature[] = ['waits', 'refuses', 'passesOutcomes', 'nests'];

const { callable, record, refuse, shape, text } = check;

const request = shape<PolicyRequest>({
  method: text,
  url: ((value: unknown, key: string) =>
    typeof value === 'function' ? value : text(value, key, 'a function or ')) as never,
  headers: record(text) as never,
  // The line checks it.
  context: (value) => value as NonNullable<PolicyRequest['context']>,
});

const provocation = shape<Provocation>({
  provoke: callable<NonNullable<Provocation['provoke']>>(),
  request,
});

/** Checks what an author wrote, before any case runs. */
export function checkPolicy(policy: PolicyUnderTest): PolicyUnderTest {
  const { name, create, waits, refuses, lacks } = shape<PolicyUnderTest>({
    name: text,
    create: callable<PolicyUnderTest['create']>(),
    request,
    waits: provocation,
    refuses: provocation,
    lacks: shape<NonNullable<PolicyUnderTest['lacks']>>(
      Object.fromEntries(FEATURES.map((feature) => [feature, text])) as never,
    ),
  })(policy, 'policy');
  if (name === undefined) refuse('policy.name', undefined, 'a string that is not empty');
  if (create === undefined) refuse('policy.create', undefined, 'a function');
  for (const [feature, given] of [['waits', waits] as const, ['refuses', refuses] as const]) {
    if (given === undefined && lacks?.[feature] === undefined)
      refuse(`policy.${feature}`, undefined, `the way to such a call, or policy.lacks.${feature} the reason`);
  }
  // Throws if the policy is malformed or has no place.
  createHoldline({ clock: new VirtualClock() }).use(policy.create());
  return policy;
}
