import type { ActiveCall } from '../call/call.js';
import { checkContext } from '../call/context.js';
import type { Call, CallRequest } from '../contract/call.js';
import { record, shape, text } from '../contract/check.js';
import { type CallContext, PRIORITIES, type Priority } from '../contract/context.js';
import type { CircuitState } from '../contract/engines.js';
import { failed } from '../contract/outcome.js';
import type { HoldlineEvents } from '../contract/events.js';
import type { Phase } from '../contract/policy.js';
import type { LinePools, PoolReport } from '../contract/pools.js';
import { IDEMPOTENT } from '../http/methods.js';
import { recordHeaders } from '../http/record-headers.js';
import { originOf } from '../http/url.js';
import type { Answers } from '../policies/answers/answers.js';
import type { Governor } from '../policies/governor/governor.js';
import type { Breaker } from '../policies/breaker/breaker.js';
import type { DryRun } from '../runtime/dry-run.js';
import type { ScopeSnapshot } from '../policies/governor/limits/snapshot.js';
import type { LineRoute } from './route-table.js';
import type { PolicyChain } from './policy-chain.js';
import type { TokenSource } from '../policies/token/source.js';
import type { TokenOptions } from '../policies/token/options.js';
import type { TokenPool } from '../policies/token/pool.js';

/**
 * The request to explain.
 * @public
 */
export interface ExplainRequest {
  method: string;
  /** Absolute, or a path. */
  url: string;
  headers?: Record<string, string>;
  /** The context of the call, as for `withCall`. */
  context?: CallContext;
}

/**
 * The handling of a request by a line.
 * @public
 */
export interface Explanation {
  /** Route of the request. */
  route: string;
  priority: Priority;
  /** Whether repeating the request after an unknown outcome is safe, and the reason. */
  repeatable: { safe: boolean; because: string };
  /** Policies, outermost first, with their current options. */
  policies: { name: string; phase: Phase; options: unknown }[];
  /** The engine of each policy: `holdline`, the name of an external engine, or `none`. */
  engines: { governor: string; breaker: string };
  /** The scopes whose permits the request needs, with their current and learned limits. */
  scopes: ScopeSnapshot[];
  /** Whether the line only reports the decisions of its policies. */
  dryRun: boolean;
  /** The connection pools that attempts to the origin used. Empty without `pools` in the configuration. */
  pools: PoolReport[];
  /** The result if the request came now. */
  now: {
    /** Milliseconds until the request would be sent, as far as the line itself knows. */
    waitMs: number;
    /** Name of an external engine, whose wait is unknown and not in `waitMs`; undefined without an engine. */
    withoutEngine: string | undefined;
    /** The scope that the request would wait for. */
    waitsFor: string | undefined;
    /** State of the circuit that the request belongs to. */
    circuit: CircuitState | 'no breaker';
    /** What the cache has for the request. */
    answer: 'fresh in cache' | 'stale in cache' | 'not in cache' | 'no cache';
    /** State of the token, or the reason why the line sends none. */
    token: string;
  };
}

/** The part of a line that `explain` reads. */
export interface ExplainSource {
  readonly governor: Governor;
  readonly breaker: Breaker;
  readonly tokens: TokenSource | undefined;
  readonly pool: TokenPool | undefined;
  readonly token: TokenOptions | undefined;
  readonly withheld: HoldlineEvents['defect'] | undefined;
  readonly pools: LinePools | undefined;
  readonly policies: PolicyChain;
  readonly dryRun: DryRun | undefined;
  readonly answers: Answers;
  call(request: CallRequest): Call;
}

const checkRequest = shape<ExplainRequest>({ method: text, url: text, headers: record(text), context: checkContext });

/** Explains a request without sending anything or taking a permit. */
export function explain(request: ExplainRequest, line: ExplainSource): Explanation {
  const given = checkRequest(request, 'request');
  const method = text(given.method, 'request.method').toUpperCase();
  const url = text(given.url, 'request.url');
  const asked: CallRequest = {
    method,
    url,
    headers: recordHeaders({ ...given.headers }),
    send: () => Promise.resolve(failed(undefined, 'not-sent')),
    replayable: true,
    context: given.context,
    // The line does not know the client's own API, so the origin of the request counts as such.
    ownOrigin: originOf(url),
  };
  const call = line.call(asked) as ActiveCall;
  const { policies, governed, name } = call.route as LineRoute;
  const wait = governed ? line.governor.estimateWait(call, governed) : { waitMs: 0, scope: undefined };
  const circuit = policies.breaker ? line.breaker.stateFor(call) : 'no breaker';
  const reasons: [boolean, string][] = [
    [IDEMPOTENT.has(method), `${method} is idempotent`],
    [policies.readOnly, 'the route is declared read-only'],
    [policies.keyed && policies.idempotency !== false, 'the route is declared to honour an idempotency key'],
  ];
  const reason = reasons.find(([holds]) => holds);
  const isVerified = policies.retry !== false && policies.retry.verify !== undefined;
  const otherwise = isVerified
    ? `retry.verify decides whether ${method} is sent again`
    : `${method} may be executed twice`;
  return {
    route: name,
    priority: PRIORITIES[call.priority] as Priority,
    repeatable: { safe: reason !== undefined, because: reason?.[1] ?? otherwise },
    policies: line.policies
      .placed(policies, governed)
      .map(({ name: policy, phase, options }) => ({ name: policy, phase, options })),
    engines: {
      governor: engineName(policies.governor),
      breaker: engineName(policies.breaker),
    },
    scopes: governed ? line.governor.snapshotScopes(call, governed) : [],
    dryRun: line.dryRun !== undefined,
    pools: line.pools?.report(call.origin) ?? [],
    now: {
      waitMs: wait.waitMs,
      withoutEngine: (policies.governor && policies.governor.engine && policies.governor.engine.name) || undefined,
      waitsFor: wait.scope?.name,
      circuit,
      answer:
        policies.cache && !line.dryRun ? line.answers.describe(call, policies.cache.endpoint.pattern) : 'no cache',
      token: explainToken(line, call.origin),
    },
  };
}

function explainToken({ token, tokens, pool, withheld }: ExplainSource, origin: string): string {
  if (origin !== '' && token?.origins?.includes(origin) === false) return `not sent: token.origins lacks ${origin}`;
  const state = (tokens ?? pool?.choose().source)?.snapshot().state ?? 'the client has its own';
  return withheld ? `${state}, but ${withheld.client}: ${withheld.defect}` : state;
}

function engineName(policy: { engine: { name: string } | false } | false): string {
  if (policy === false) return 'none';
  return policy.engine ? policy.engine.name : 'holdline';
}
