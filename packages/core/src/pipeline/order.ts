import { callable, type Check, isRecord, oneOf, refuse, shape, text } from '../contract/check.js';
import { ConfigError } from '../contract/errors.js';
import { type Interceptor, type Phase, PHASES, type Policy, type PolicyDefinition } from '../contract/policy.js';

const checkDefinition = shape<PolicyDefinition<never>>({
  name: text,
  phase: oneOf(...PHASES),
  before: text,
  after: text,
  create: callable<PolicyDefinition<never>['create']>(),
});

const policyShape = shape<Policy>({
  name: text,
  phase: oneOf(...PHASES),
  before: text,
  after: text,
  options: (value) => value as NonNullable<unknown>,
  create: callable<Policy['create']>(),
});

/** Checks an argument of `use`. It may also be an object that {@link definePolicy} did not make. */
export const checkPolicy: Check<Policy> = (value, key) => {
  if (!isRecord(value)) refuse(key, value, 'a policy made by definePolicy');
  const given = value as unknown as Policy;
  const { name, phase, before, after, options, create } = given;
  const policy = requireKeys(policyShape({ name, phase, before, after, options, create }, key), key);
  return { ...policy, create: (ports) => checkInterceptor(given.create(ports), `the interceptor of '${name}'`) };
};

const checkInterceptor = callable<Interceptor>();

function requireKeys<T extends { name: string; phase: Phase; create: unknown }>(given: T, key: string): T {
  for (const name of ['name', 'phase', 'create'] as const) {
    if (given[name] === undefined) throw new ConfigError(`${key}.${name} is missing`);
  }
  return given;
}

/**
 * Defines a custom policy. The returned function takes the options and returns a policy for `Holdline.use`.
 *
 * @throws ConfigError if the definition has an unknown key, a wrong type or an unknown phase.
 * @example
 * ```ts
 * import { createHoldline, definePolicy } from '@holdline/core';
 *
 * const slowLog = definePolicy<{ aboveMs: number }>({
 *   name: 'slow-log',
 *   phase: 'observe',
 *   create: ({ aboveMs }, { clock }) => async (call, next) => {
 *     const start = clock.now();
 *     const outcome = await next(call);
 *     if (clock.now() - start > aboveMs) console.log(`${call.route.name} was slow`);
 *     return outcome;
 *   },
 * });
 *
 * createHoldline().use(slowLog({ aboveMs: 2_000 }));
 * ```
 * @public
 */
export function definePolicy<O = void>(definition: PolicyDefinition<O>): (options: O) => Policy {
  const { name, phase, before, after, create } = requireKeys(
    checkDefinition(definition, 'policy') as unknown as PolicyDefinition<O>,
    'policy',
  );
  return (options) => ({
    name,
    phase,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    options,
    create: (ports) => create(options, ports),
  });
}

/** The place of a policy, for {@link orderPolicies}. */
export interface PolicyPlace {
  readonly name: string;
  readonly phase: Phase;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** The built-in policies. Their names are reserved, even if a line or a route does not use all of them. */
export const BUILT_IN = [
  { name: 'dead-letters', phase: 'observe' },
  { name: 'deadline', phase: 'deadline' },
  { name: 'cache', phase: 'answer' },
  { name: 'coalesce', phase: 'answer' },
  { name: 'bulk', phase: 'answer' },
  { name: 'idempotency', phase: 'identify' },
  { name: 'retry', phase: 'retry' },
  { name: 'authorize', phase: 'authorize' },
  { name: 'breaker', phase: 'break' },
  { name: 'governor', phase: 'govern' },
  { name: 'sign', phase: 'sign' },
] as const satisfies readonly PolicyPlace[];

/**
 * Checks that custom policies and the built-in policies have an order.
 *
 * @throws ConfigError if a name is used twice, or if `before` and `after` cannot both be satisfied.
 */
export function checkPlaces(policies: readonly PolicyPlace[]): void {
  const all: PolicyPlace[] = [...BUILT_IN, ...policies];
  for (const [i, { name, phase, before, after }] of all.entries()) {
    if (all.findIndex((other) => other.name === name) !== i) throw new ConfigError(`policy '${name}' is used twice`);
    for (const beside of [before, after]) {
      const isNeighbour = (other: PolicyPlace): boolean =>
        other.name === beside && other.name !== name && other.phase === phase;
      if (beside === undefined || all.some(isNeighbour)) continue;
      throw new ConfigError(`policy '${name}' has 'before' or 'after' '${beside}', which is not in phase '${phase}'`);
    }
  }
  orderPolicies(all);
}

/**
 * Orders policies by phase. Inside a phase the given order holds, unless `before` or `after` changes it. A missing neighbour has no
 * effect.
 *
 * @throws ConfigError if `before` and `after` contradict each other.
 */
export function orderPolicies<T extends PolicyPlace>(policies: readonly T[]): T[] {
  return PHASES.flatMap((phase) => orderPhase(policies.filter((policy) => policy.phase === phase)));
}

function orderPhase<T extends PolicyPlace>(policies: readonly T[]): T[] {
  const left = [...policies];
  const ordered: T[] = [];
  while (left.length > 0) {
    const isFree = (policy: T): boolean =>
      left.every((other) => other === policy || (other.before !== policy.name && policy.after !== other.name));
    const at = left.findIndex(isFree);
    if (at < 0)
      throw new ConfigError(
        `'before' and 'after' of ${left.map(({ name }) => `'${name}'`).join(', ')} contradict each other`,
      );
    ordered.push(...left.splice(at, 1));
  }
  return ordered;
}
