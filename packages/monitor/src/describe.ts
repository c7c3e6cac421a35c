import type { CallTrace, GateClosing, TraceStep } from './types.js';

/**
 * Options of {@link describeTrace} and {@link describeGate}.
 * @public
 */
export interface DescribeOptions {
  /**
   * Prints a wall time in ms.
   * @defaultValue hours, minutes and seconds in UTC, such as `10:14:07`
   */
  time?: (wallMs: number) => string;
}

const utc = (wallMs: number): string =>
  // Dates have a range. A damaged recording may have any number.
  Math.abs(wallMs) <= 8.64e15 ? new Date(wallMs).toISOString().slice(11, 19) : 'an unknown time';

/** Waits below this are not worth a sentence, in ms. */
const SHORT_MS = 1;

/** Characters of a fingerprint that a name shows. */
const TAIL = 4;

/** The name that several processes give the credential of a line. */
const SHARED_FINGERPRINT = /^[a-zA-Z0-9_-]{20,}$/;

type AnswerSource = NonNullable<CallTrace['answeredBy']>;

const SOURCES: Record<AnswerSource, string> = {
  journal: 'the journal',
  'identical call': 'an identical call',
  cache: 'the cache',
  'stale cache': 'the cache, with a stale answer',
  'bulk read': 'a bulk read',
  'live value': 'the live value',
};

/**
 * Describes the source of an answer that cost no request of its call.
 *
 * @example
 * ```ts
 * import { describeSource } from '@holdline/monitor';
 *
 * console.log(describeSource('cache')); // the cache
 * ```
 * @public
 */
export function describeSource(source: NonNullable<CallTrace['answeredBy']>): string {
  // A recording of a later version may have a source of its own.
  return (SOURCES as Record<string, string>)[source] ?? source;
}

/**
 * Returns a name for a scope that people can read. A fingerprint is shortened to its last four characters.
 *
 * @param scope - The name of a scope or of a circuit, or its kind and key from a snapshot.
 * @example
 * ```ts
 * import { describeScope } from '@holdline/monitor';
 *
 * console.log(describeScope('credential:1k2j3h4k74t')); // credential …k74t
 * console.log(describeScope({ kind: 'tenant', key: 'acme' })); // tenant acme
 * ```
 * @public
 */
export function describeScope(scope: string | { readonly kind: string; readonly key: string }): string {
  if (typeof scope !== 'string') return describeKey(scope.kind, scope.key, '');
  if (/^https?:/.test(scope)) return describeCircuit(scope);
  // A quota of an endpoint counts by credential: its group stands before the credential.
  const credential = /^credential\/[^:]*:(credential.*)$/.exec(scope)?.[1] ?? scope;
  if (/^credential(?:$|[:/])/.test(credential)) return describeCredential(credential);
  const colon = scope.indexOf(':');
  if (colon < 0) return scope;
  const group = scope.slice(0, colon);
  const [kind = '', ...rest] = group.split('/');
  return describeKey(kind, scope.slice(colon + 1), rest.join('/'));
}

function describeKey(kind: string, key: string, detail: string): string {
  switch (kind) {
    case 'credential':
      return describeCredential(key);
    case 'route':
      return `route ${routeOf(key)}`;
    case 'tenant':
      return key === '' ? 'calls without a tenant' : `tenant ${key}`;
    case 'host':
      return `host ${key.replace(/^https?:\/\//, '')}`;
    case 'bulkhead':
      return `bulkhead of the ${describeBulkhead(key, detail)}`;
    default:
      return /^(?:custom|key\d*)$/.test(kind) || kind === '' ? `key ${key}` : `${kind} ${key}`;
  }
}

function describeBulkhead(key: string, detail: string): string {
  const [kind] = detail.split('/');
  if (kind) return describeKey(kind, key, '');
  return describeScope(key.includes(' /') ? { kind: 'route', key } : key);
}

/** A route is counted per credential, whose name stands before it. */
function routeOf(key: string): string {
  return /[A-Z*]+ \/.*$/.exec(key)?.[0] ?? key;
}

function describeCredential(name: string): string {
  if (name === 'credential') return 'credential of the line';
  const key = name.replace(/^credential[:/]/, '');
  if (key === 'none@') return 'calls without a credential';
  if (key.startsWith('none@')) return `calls without a credential to ${key.slice(5).replace(/^https?:\/\//, '')}`;
  if (name.startsWith('credential:') || SHARED_FINGERPRINT.test(key)) return `credential …${key.slice(-TAIL)}`;
  // The name that the user gave, and the name of its client if processes share the credential.
  return `credential ${key.split('/')[0] as string}`;
}

/** A circuit: origin, the credential if it has its own circuits, and the route. */
function describeCircuit(scope: string): string {
  const [origin = '', ...rest] = scope.split(' ');
  const host = origin.replace(/^https?:\/\//, '');
  const [first = ''] = rest;
  if (/^credential/.test(first)) return `route ${rest.slice(1).join(' ')} on ${host}, ${describeCredential(first)}`;
  return rest.length > 0 ? `route ${rest.join(' ')} on ${host}` : `host ${host}`;
}

/** Adds the article to a name that needs one. */
function withArticle(name: string): string {
  return name.startsWith('calls ') ? name : `the ${name}`;
}

/**
 * Describes a closed gate in words: the scope, the refusal and the time of the next attempt.
 *
 * @example
 * ```ts
 * import { describeGate, type Monitor } from '@holdline/monitor';
 *
 * declare const watch: Monitor;
 * for (const gate of watch.gates()) console.log(describeGate(gate));
 * // the gate of the credential …k74t is closed until 10:14:07 by a 429 on GET /api/v2/flows
 * ```
 * @public
 */
export function describeGate(gate: GateClosing, { time = utc }: DescribeOptions = {}): string {
  return `${gateOf(gate)} is closed until ${time(gate.retryAt)} ${causeOf(gate)}`;
}

const gateOf = ({ scope }: GateClosing): string => `the gate of ${withArticle(describeScope(scope))}`;

function causeOf({ by }: GateClosing): string {
  if (!by) return 'by another process or by the adapter';
  return `by a ${by.status ?? 'refusal'} on ${by.route}`;
}

/** Prints a duration in ms: `38 ms`, `4.2 s` or `3 min 20 s`. */
export function describeDuration(ms: number): string {
  if (!(ms > 0)) return '0 s';
  if (ms < 100) return `${ms < 1 ? ms.toFixed(1) : Math.round(ms)} ms`;
  if (ms < 99_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`;
}

/**
 * Describes what happened to a call, one sentence for each part.
 *
 * @example
 * ```ts
 * import { describeTrace, type Monitor } from '@holdline/monitor';
 *
 * declare const watch: Monitor;
 * for (const trace of watch.calls({ retried: true })) console.log(describeTrace(trace).join('\n'));
 * // attempt 1 at 10:14:02, answered 429 after 0.1 s
 * // waited 4.2 s for the gate of the credential …k74t, closed by a 429 on GET /api/v2/flows
 * // attempt 2 at 10:14:07, answered 200 after 0.1 s
 * ```
 * @public
 */
export function describeTrace(trace: CallTrace, { time = utc }: DescribeOptions = {}): string[] {
  const lines = trace.steps.flatMap((step) => describeStep(step, time));
  if (trace.steps.length === 0 && trace.attempts > 0)
    lines.push(
      `the monitor saw only the end: ${count(trace.attempts, 'attempt')}, waited ${describeDuration(trace.waitedMs)}`,
    );
  if (trace.answeredBy !== undefined)
    lines.push(`answered ${trace.attempts === 0 ? 'without a request, ' : ''}by ${describeSource(trace.answeredBy)}`);
  if (trace.outcome === undefined) {
    if (trace.steps.length === 0) lines.push('has just begun');
  } else if (trace.outcome === 'failed') {
    const why = trace.error ?? (trace.status === undefined ? 'without an answer' : `with status ${trace.status}`);
    lines.push(`failed after ${describeDuration(trace.durationMs ?? 0)}: ${why}`);
  }
  return lines;
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

function describeStep(step: TraceStep, time: (wallMs: number) => string): string[] {
  switch (step.kind) {
    case 'queued':
      return describeWait(step);
    case 'attempt':
      return [`attempt ${step.attempt} at ${time(step.at)}, ${describeResult(step)}`];
    case 'delay':
      return describeDelay(step.until - step.at, step.reason);
    case 'refused':
      return [`refused by the line with ${step.code}${describeRetryAt(step.retryAt, time)}`];
    case 'gaveUp':
      return [`no further attempt: ${step.reason}${describeRetryAt(step.retryAt, time)}`];
    case 'dryRun':
      return [`dry run: ${describeDecision(step)}`];
  }
}

/** What a policy would have done. The reason of a wait is the scope; other reasons are words. */
function describeDecision({ policy, action, forMs, error, reason }: Extract<TraceStep, { kind: 'dryRun' }>): string {
  const time =
    forMs === undefined
      ? ''
      : ` ${action === 'time out' ? 'after ' : action === 'wait' ? '' : 'in '}${describeDuration(forMs)}`;
  const why = action === 'wait' && reason !== undefined ? ` for ${withArticle(describeScope(reason))}` : '';
  return `the policy ${policy} would ${action}${time}${why}${error === undefined ? '' : ` with ${error}`}`;
}

function describeDelay(ms: number, reason: keyof typeof REASONS): string[] {
  return ms < SHORT_MS ? [] : [`waited ${describeDuration(ms)} before the next attempt, because ${REASONS[reason]}`];
}

const REASONS: Record<Extract<TraceStep, { kind: 'delay' }>['reason'], string> = {
  ok: 'the answer was not complete',
  rejected: 'the answer was an error',
  unauthorized: 'the token was refused',
  refused: 'the platform refused the attempt',
  'not-sent': 'nothing was sent',
  local: 'the client failed',
  unknown: 'the attempt had no certain result',
  cancelled: 'the attempt was cancelled',
};

const describeRetryAt = (retryAt: number | undefined, time: (wallMs: number) => string): string =>
  retryAt === undefined ? '' : `; possible again at ${time(retryAt)}`;

function describeResult({ at, until, outcome, status }: Extract<TraceStep, { kind: 'attempt' }>): string {
  if (until === undefined) return 'on the wire';
  const after = `after ${describeDuration(until - at)}`;
  if (status !== undefined) return `answered ${status} ${after}`;
  if (outcome === 'not-sent') return `not sent, failed ${after}`;
  if (outcome === undefined || outcome === 'cancelled') return `cancelled ${after}`;
  return outcome === 'local' ? `failed in the client ${after}` : `no answer ${after}`;
}

/** A wait in the queue, and the part of it that a gate was closed. */
function describeWait({ at, until, waitsFor, gates, estimatedMs }: Extract<TraceStep, { kind: 'queued' }>): string[] {
  if (until === undefined) {
    const gate = gates.at(-1);
    if (gate) return [`waits for ${gateOf(gate)}, closed ${causeOf(gate)}`];
    const scope = waitsFor === undefined ? '' : ` for a permit of ${withArticle(describeScope(waitsFor))}`;
    return [`waits in the queue${scope}, estimated ${describeDuration(estimatedMs)}`];
  }
  const waits: string[] = [];
  let from = at;
  let gatedMs = 0;
  gates.forEach((gate, i) => {
    const next = gates[i + 1];
    // The probe goes first. The other calls wait for its answer, which belongs to the wait for the gate.
    const end = next && next.scope === gate.scope ? Math.min(next.closedAt, until) : Math.min(gate.retryAt, until);
    const ms = Math.max(0, end - Math.max(from, gate.closedAt));
    from = Math.max(from, end);
    gatedMs += ms;
    if (ms >= SHORT_MS) waits.push(`waited ${describeDuration(ms)} for ${gateOf(gate)}, closed ${causeOf(gate)}`);
  });
  const queuedMs = until - at - gatedMs;
  if (queuedMs < SHORT_MS && waits.length > 0) return waits;
  const scope =
    waitsFor === undefined || gates.length > 0 ? '' : ` for a permit of ${withArticle(describeScope(waitsFor))}`;
  const queued = `queued ${describeDuration(queuedMs)}${scope}`;
  // The gate was closed first, or it closed while the call waited.
  return gates[0] && gates[0].closedAt <= at ? [...waits, queued] : [queued, ...waits];
}
