import { callable, oneOf, shape, text } from './check.js';
import { ConfigError } from './errors.js';
import type { Next } from './route.js';
import type { Call } from './call.js';
import type { Outcome } from './outcome.js';
import type { Ports } from './ports.js';

/** Where a policy stands, outermost first. Up to `retry` once per call, from `authorize` on once per attempt. */
export const PHASES = [
  'observe',
  'answer',
  'deadline',
  'identify',
  'retry',
  'authorize',
  'break',
  'govern',
  'sign',
  'send',
] as const;
export type Phase = (typeof PHASES)[number];

/** A policy at work: looks at a call on its way in and at the outcome on its way out. */
export type Interceptor = (call: Call, next: Next) => Promise<Outcome>;

/** A policy as a value: configuration only. State begins in `create`. */
export interface Policy {
  readonly name: string;
  readonly phase: Phase;
  /** Name of a policy of the same phase that this one stands outside of. */
  readonly before?: string;
  /** Name of a policy of the same phase that this one stands inside of. */
  readonly after?: string;
  /** Shown by `explain`. Keep secrets out of it. */
  readonly options?: unknown;
  create(ports: Ports): Interceptor;
}

/** What {@link definePolicy} takes. */
export interface PolicyDefinition<O> {
  name: string;
  phase: Phase;
  before?: string;
  after?: string;
  /** Called once per line with the options; what it returns is called once per call or attempt. */
  create(options: O, ports: Ports): Interceptor;
}

const checkDefinition = shape<PolicyDefinition<never>>({
  name: text,
  phase: oneOf(...PHASES),
  before: text,
  after: text,
  create: callable<PolicyDefinition<never>['create']>(),
});

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
  const { name, phase, before, after, create } = checkDefinition(definition, 'policy') as unknown as PolicyDefinition<O>;
  for (const [key, value] of Object.entries({ name, phase, create })) {
    if (value === undefined) throw new ConfigError(`policy.${key} is missing`);
  }
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

/**
 * Puts policies in their order: by phase, inside a phase as listed, except where `before` or `after` says otherwise.
 *
 * @throws ConfigError if a name is used twice, or `before` and `after` cannot be met.
 */
export function arrange<T extends Placed>(policies: readonly T[]): T[] {
  const names = new Set<string>();
  for (const { name } of policies) {
    if (names.has(name)) throw new ConfigError(`policy '${name}' is used twice`);
    names.add(name);
  }
  return PHASES.flatMap((phase) => arrangePhase(policies.filter((policy) => policy.phase === phase)));
}

function arrangePhase<T extends Placed>(policies: readonly T[]): T[] {
  const left = [...policies];
  const present = new Set(left.map(({ name }) => name));
  for (const { name, phase, before, after } of left) {
    for (const other of [before, after]) {
      if (other !== undefined && !present.has(other)) {
        throw new ConfigError(`policy '${name}' wants to stand beside '${other}', which is not in phase '${phase}'`);
      }
    }
  }
  const ordered: T[] = [];
  while (left.length > 0) {
    const isFree = (policy: T): boolean =>
      left.every((other) => other === policy || (other.before !== policy.name && policy.after !== other.name));
    const at = left.findIndex(isFree);
    if (at < 0) throw new ConfigError(`'before' and 'after' of ${left.map(({ name }) => `'${name}'`).join(', ')} contradict each other`);
    ordered.push(...left.splice(at, 1));
  }
  return ordered;
}

/** One function of many: the first is outermost, `send` innermost. */
export function chain(interceptors: readonly Interceptor[], send: Next): Next {
  return interceptors.reduceRight<Next>((next, interceptor) => (call) => interceptor(call, next), send);
}
