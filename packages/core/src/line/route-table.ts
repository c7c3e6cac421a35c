import type { Route } from '../call/route.js';
import type { Interceptor, Phase } from '../contract/policy.js';
import type { Step } from '../pipeline/execution.js';

/** A policy at its place on a route. */
export interface Stationed {
  name: string;
  phase: Phase;
  options: unknown;
  at: Step | Interceptor;
}

/** A route with the request that made it known, so that it can be worked out anew. */
export interface LineRoute extends Route {
  readonly sample: { readonly method: string; readonly path: string };
}
