import type { CallTrace } from '@holdline/monitor';
import type { CallSummary } from './types.js';

/** Returns a call without its steps, and what an active call does now. */
export function summaryOf(trace: CallTrace): CallSummary {
  const { steps } = trace;
  const call = without(trace, 'steps', 'resource', 'origin');
  if (call.outcome !== undefined) return call;
  const last = steps.at(-1);
  if (last?.kind === 'queued' && last.until === undefined) {
    const gate = last.gates.at(-1);
    return { ...call, doing: 'waits for a permit', waitsFor: last.waitsFor ?? gate?.scope, nextAt: gate?.retryAt };
  }
  if (last?.kind === 'delay') return { ...call, doing: 'waits for its retry', nextAt: last.until };
  return last?.kind === 'attempt' && last.until === undefined ? { ...call, doing: 'on the wire' } : call;
}

/** Copies an object without some of its properties. */
export function without<T extends object, K extends keyof T & string>(object: T, ...keys: K[]): Omit<T, K> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key as K))) as Omit<T, K>;
}
