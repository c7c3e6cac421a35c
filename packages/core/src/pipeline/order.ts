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

/** Checks what is given to `use`, which need not come from {@link definePolicy}. */
export const checkPolicy: Check<Policy> = (value, key) => {
  if (!isRecord(value)) refuse(key, value, 'a policy made by definePolicy');
  const given = value as unknown as Policy;
  const { name, phase, before, after, options, create } = given;
  const policy = complete(policyShape({ name, phase, before, after, options, create }, key), key);
  return { ...policy, create: (ports) => checkInterceptor(given.create(ports), `the interceptor of '${name}'`) };
};

const checkInterceptor = callable<Interceptor>();

function complete<T extends { name: string; phase: Phase; create: unknown }>(given: T, key: string): T {
  for (const name of ['name', 'phase', 'create'] as const) {
    if (given[name] === undefined) throw new ConfigError(`${key}.${name} is missing`);
  }
  return given;
}

/**
 * Defines a policy of your own. What it returns takes the options and gives a value for {@link Holdline.use}.
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
 */
export function definePolicy<O = void>(definition: PolicyDefinition<O>): (options: O) => Policy {
  const { name, phase, before, after, create } = complete(
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

/** What {@link arrange} needs of a policy. */
export interface Placed {
  readonly name: string;
  readonly phase: Phase;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** Our own policies. A line may be without some of them, for all routes or for some; their names stay taken. */
export const BUILT_IN = [
  { name: 'dead-letters', phase: 'observe' },
  { name: 'deadline', phase: 'deadline' },
  { name: 'idempotency', phase: 'identify' },
  { name: 'retry', phase: 'retry' },
  { name: 'authorize', phase: 'authorize' },
  { name: 'breaker', phase: 'break' },
  { name: 'governor', phase: 'govern' },
  { name: 'sign', phase: 'sign' },
] as const satisfies readonly Placed[];

/**
 * Checks that policies can stand together, beside all of ours.
 *
 * @throws ConfigError if a name is used twice, or `before` and `after` cannot be met.
 */
export function checkPlaces(policies: readonly Placed[]): void {
  const all: Placed[] = [...BUILT_IN, ...policies];
  for (const [i, { name, phase, before, after }] of all.entries()) {
    if (all.findIndex((other) => other.name === name) !== i) throw new ConfigError(`policy '${name}' is used twice`);
    for (const beside of [before, after]) {
      const isNeighbour = (other: Placed): boolean =>
        other.name === beside && other.name !== name && other.phase === phase;
      if (beside === undefined || all.some(isNeighbour)) continue;
      throw new ConfigError(`policy '${name}' wants to stand beside '${beside}', which is not in phase '${phase}'`);
    }
  }
  arrange(all);
}

/**
 * Puts policies in their order: by phase, inside a phase as listed, except where `before` or `after` says otherwise. A
 * neighbour that is not there puts nothing out of order.
 *
 * @throws ConfigError if `before` and `after` contradict each other.
 */
export function arrange<T extends Placed>(policies: readonly T[]): T[] {
  return PHASES.flatMap((phase) => arrangePhase(policies.filter((policy) => policy.phase === phase)));
}

function arrangePhase<T extends Placed>(policies: readonly T[]): T[] {
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
