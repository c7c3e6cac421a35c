// Two custom policies. test/policies.e2e.ts runs the contract for policies with both.
import { randomUUID } from 'node:crypto';
import { definePolicy } from '@holdline/core';

/** @typedef {{ header: string }} CorrelationOptions */

/**
 * Adds one id to every call. Phase `identify` comes before `retry`, so all attempts of a call have the same id.
 *
 * @type {(options: CorrelationOptions) => import('@holdline/core').Policy}
 */
export const correlation = definePolicy({
  name: 'acme-correlation',
  phase: 'identify',
  after: 'idempotency',
  create:
    ({ header }) =>
    (call, next) => {
      call.request.headers.set(header, randomUUID());
      return next(call);
    },
});

/**
 * Measures every attempt. Phase `sign` comes after `govern`, so the time excludes the wait for a permit.
 *
 * @type {(options: { record: (route: string, outcome: string, ms: number) => void }) => import('@holdline/core').Policy}
 */
export const stopwatch = definePolicy({
  name: 'acme-stopwatch',
  phase: 'sign',
  create:
    ({ record }, { clock }) =>
    async (call, next) => {
      const started = clock.now();
      const outcome = await next(call);
      record(call.route.name, outcome.kind, clock.now() - started);
      return outcome;
    },
});
