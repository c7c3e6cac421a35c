import type { ActiveCall } from '../call/call.js';
import { PRIORITIES, type Priority } from '../contract/context.js';
import { isHoldlineError } from '../contract/errors.js';
import { fingerprint } from '../crypto/fingerprint.js';
import type { Events } from '../runtime/events.js';

/** Reports that a call began. */
export function reportCallStart(call: ActiveCall, events: Events): void {
  const { method, url } = call;
  events.emit('callStarted', { ...describe(call), resource: fingerprint(`${method} ${url}`) });
}

/** Reports that a call ended, with its result or error. */
export function reportCallEnd(call: ActiveCall, ok: boolean, value: unknown, now: number, events: Events): void {
  const { status, attempts, waitedMs, queuedMs, facts } = call.info;
  events.emit('call', {
    ...describe(call),
    outcome: ok ? 'ok' : 'failed',
    status,
    error: isHoldlineError(value) ? value.code : undefined,
    attempts,
    waitedMs,
    queuedMs,
    durationMs: now - call.startedAt,
    answeredBy: facts?.isRecalled ? 'journal' : facts?.isJoined ? 'identical call' : undefined,
  });
}

function describe({ id: callId, route, method, origin, priority, tenant }: ActiveCall): {
  callId: number;
  route: string;
  method: string;
  origin: string;
  priority: Priority;
  tenant: string | undefined;
} {
  return { callId, route: route.name, method, origin, priority: PRIORITIES[priority] as Priority, tenant };
}
