// Bundlers place modules in the order of these imports, and in this order the bundle compresses best.
import { resolveQuota } from '../policies/governor/options.js';
import { orderPolicies, checkPlaces, checkPolicy } from '../pipeline/order.js';
import { dryGovernStep } from '../policies/governor/shadow.js';
import { engineStep, governStep } from '../policies/governor/policy.js';
import { poolStep } from '../policies/token/pool-policy.js';
import { breakerStep } from '../policies/breaker/policy.js';
import { RETRY_DEFAULTS } from '../policies/retry/options.js';
import { deadlineStep } from '../policies/deadline/policy.js';
import { type Budgets, retryStep } from '../policies/retry/policy.js';
import type { BudgetSnapshot } from '../policies/retry/budget.js';
import { type GovernedRoute, selectQuotas } from '../policies/governor/route.js';
import { authorizeStep, signStep } from '../policies/token/policy.js';
import { deadLetterStep } from '../policies/dead-letters/policy.js';
import { answerStep } from '../policies/answers/policy.js';
import { normalizePattern, parseEndpoint } from '../config/endpoint.js';
import { idempotencyStep, type CallsInFlight } from '../policies/idempotency/policy.js';
import type { RoutePolicies } from '../config/resolve.js';
import type { Interceptor, Phase, Policy } from '../contract/policy.js';
import type { Ports } from '../contract/store.js';
import type { Step } from '../pipeline/execution.js';
import { bulkStep } from '../policies/answers/bulk.js';
import type { Answers } from '../policies/answers/answers.js';
import type { AnswerHost } from '../policies/answers/host.js';
import type { InvalidationRule } from '../policies/answers/invalidation.js';
import type { Breaker } from '../policies/breaker/breaker.js';
import type { LineDeadLetters } from '../policies/dead-letters/dead-letters.js';
import type { Governor } from '../policies/governor/governor.js';
import type { TokenOptions } from '../policies/token/options.js';
import type { TokenPool } from '../policies/token/pool.js';
import type { TokenSource } from '../policies/token/source.js';
import type { DryRun } from '../runtime/dry-run.js';
import type { Events } from '../runtime/events.js';

/** A policy of a route with its place. */
export interface PlacedPolicy {
  name: string;
  phase: Phase;
  /** The options in force, as `explain` shows them. */
  options: unknown;
  at: Step | Interceptor;
}

/** The parts of a line that policies work with. */
export interface LineParts {
  readonly ports: Ports;
  readonly events: Events;
  readonly governor: Governor;
  readonly breaker: Breaker;
  readonly deadLetters: LineDeadLetters;
  readonly tokens: TokenSource | undefined;
  readonly pool: TokenPool | undefined;
  readonly token: TokenOptions | undefined;
  readonly dryRun: DryRun | undefined;
  readonly answerHost: AnswerHost;
  readonly answers: Answers;
}

/** The policies of a line: the built-in policies and those that the user added. */
export class PolicyChain {
  readonly #budgets: Budgets = new Map();
  readonly #steps: CallsInFlight = new Map();
  readonly #added: { policy: Policy; interceptor: Interceptor }[] = [];

  constructor(private readonly parts: LineParts) {}

  /** Number of policies that the user added. */
  get added(): number {
    return this.#added.length;
  }

  /**
   * Adds a policy of the user.
   *
   * @throws ConfigError if the policy is malformed, or its place contradicts the place of another policy.
   */
  add(policy: Policy): void {
    const checked = checkPolicy(policy, 'policy');
    checkPlaces([...this.#added.map((used) => used.policy), checked]);
    this.#added.push({ policy: checked, interceptor: checked.create(this.parts.ports) });
  }

  /** The retry budgets of all hosts. */
  snapshotBudgets(): BudgetSnapshot[] {
    const now = this.parts.ports.clock.now();
    return [...this.#budgets].map(([host, budget]) => ({
      host,
      left: budget.left(now),
      capacity: budget.options.capacity,
    }));
  }

  /** The policies of a route in their order, outermost first. */
  placed(policies: RoutePolicies, governed: GovernedRoute | undefined): PlacedPolicy[] {
    const added = this.#added.map(({ policy, interceptor }) => ({
      ...policy,
      options: policy.options,
      at: interceptor,
    }));
    return orderPolicies<PlacedPolicy>([...this.#builtIn(policies, governed), ...added]);
  }

  #builtIn(policies: RoutePolicies, governed: GovernedRoute | undefined): PlacedPolicy[] {
    const { deadline, idempotency, retry, breaker, cache, coalesce, bulk } = policies;
    const { ports, events, deadLetters, token, tokens, pool, governor, dryRun, answers, answerHost } = this.parts;
    const built: PlacedPolicy[] = [];
    const add = (name: string, phase: Phase, options: unknown, at: Step): void => {
      built.push({ name, phase, options, at });
    };
    if (deadLetters.isOn) add('dead-letters', 'observe', deadLetters.options, deadLetterStep(deadLetters, policies));
    add('deadline', 'deadline', deadline, deadlineStep(deadline, ports.clock, dryRun));
    // In a dry run each call gets the answer of the platform to itself.
    if (answers.isOn && !dryRun) {
      const store = cache ? answers.storeOf(cache, cache.endpoint, cache.invalidateBy.map(parseSource)) : undefined;
      const { endpoint = undefined, ...options } = cache || {};
      const shown = endpoint && { endpoint: endpoint.pattern, ...options };
      // A write passes the step on every route, because it makes kept answers invalid.
      add(cache || !coalesce ? 'cache' : 'coalesce', 'answer', shown, answerStep(answers, policies, store));
    }
    if (bulk && !dryRun) {
      const shown = { ...bulk, endpoint: bulk.endpoint.pattern };
      add('bulk', 'answer', shown, bulkStep(bulk, answerHost, answers.bulk));
    }
    // A dry run adds no keys and joins no calls.
    if (idempotency && !dryRun) {
      add('idempotency', 'identify', idempotency, idempotencyStep(idempotency, policies, ports, events, this.#steps));
    }
    const isKeyed = policies.keyed && idempotency !== false;
    if (retry) add('retry', 'retry', retry, retryStep(retry, ports, events, this.#budgets, dryRun, isKeyed));
    if (pool) add('authorize', 'authorize', undefined, poolStep(pool, dryRun));
    else if (tokens) add('authorize', 'authorize', undefined, authorizeStep(tokens, dryRun));
    if (breaker) {
      const { engine, scope, queued, probeTimeoutMs } = breaker;
      // An engine has its own thresholds, so those of the options do not apply.
      const shown = engine ? { engine: engine.name, scope, queued, probeTimeoutMs } : breaker;
      add('breaker', 'break', shown, breakerStep(this.parts.breaker, breaker, dryRun));
    }
    if (governed) {
      const { options } = governed;
      const { engine } = options;
      const step = dryRun
        ? dryGovernStep(governor, governed, dryRun)
        : engine
          ? engineStep(governor, governed, engine)
          : governStep(governor, governed);
      add('governor', 'govern', engine ? { ...options, engine: engine.name } : options, step);
    }
    if (token) add('sign', 'sign', undefined, signStep(token, tokens, dryRun));
    return built;
  }
}

/** Parses what makes the answers of an endpoint invalid: an endpoint pattern of writes, or a topic. */
function parseSource(source: string): InvalidationRule {
  if (source.includes(' ')) return parseEndpoint(source, 'cache.invalidateBy');
  return { method: undefined, segments: source.split('.').map((part) => normalizePattern(`/${part}`).slice(1)) };
}

/** The part of a route's policies that the governor works with; undefined if the route has no governor. */
export function governedRoute(policies: RoutePolicies, generation: number): GovernedRoute | undefined {
  const { governor, retry, bulkhead } = policies;
  if (governor === false) return undefined;
  const quotas = governor.quotas.map((quota) => resolveQuota(quota, governor));
  const own = governor.endpointQuotas.map((quota) => resolveQuota(quota, governor));
  const all = [...quotas, ...own];
  return {
    options: { ...governor, quotas },
    rootQuotas: selectQuotas(all, 'credential'),
    routeQuotas: selectQuotas(all, 'route'),
    otherQuotas: selectQuotas(all, 'other'),
    bulkhead: bulkhead === false ? undefined : bulkhead,
    apart: governor.apart,
    generation,
    maxGateWaitMs: retry === false ? RETRY_DEFAULTS.maxRetryAfterMs : retry.maxRetryAfterMs,
    // One attempt may be spent on a trial if two more are left.
    refusalToleranceMs:
      retry === false || retry.maxAttempts < 3 ? 0 : Math.min(retry.maxRetryAfterMs, retry.maxElapsedMs),
  };
}
