import type { ActiveCall } from '../../call/call.js';
import { copyOutcome, restoreAnswer } from '../../call/restore-answer.js';
import type { AnswerSource } from '../../contract/events.js';
import { PRIORITIES, type Priority } from '../../contract/context.js';
import { isHoldlineError } from '../../contract/errors.js';
import type { Outcome } from '../../contract/outcome.js';
import type { Next } from '../../contract/policy.js';
import { SAFE } from '../../http/methods.js';
import type { Execution, Step } from '../../pipeline/execution.js';
import { startBackgroundTimer } from '../../runtime/background-timer.js';
import type { Answers } from './answers.js';
import { Flight } from './flight.js';
import type { ReadMark } from './invalidation.js';
import { keepAnswer, keptHeaders, listHeaders, ownAnswer, type SharedAnswer } from './kept-answer.js';
import { type AnswerKey, keyOf } from './key.js';
import { CACHE_DEFAULTS } from './options.js';
import { type AnswerStore, Entry, type Life } from './store.js';

/** Time in ms for a read that refreshes a stale answer in the background. */
const REFRESH_MS = 30_000;
/** Largest body in bytes that a call without a cache gives to others. A longer one is requested again. */
const MAX_SHARED_BYTES = 2 ** 20;
const KEPT_STATUS: ReadonlySet<number | undefined> = new Set([200, 203, 204]);
const COUNTED: Partial<Record<AnswerSource, 'hits' | 'staleHits'>> = { cache: 'hits', 'stale cache': 'staleHits' };
/** Errors of calls that a limit of the platform held back. */
const THROTTLED: ReadonlySet<string> = new Set(['HOLDLINE_THROTTLED', 'HOLDLINE_QUEUE_FULL']);

/** The policies of a route that its answers follow. */
export interface AnsweredRoute {
  readonly readOnly: boolean;
  readonly coalesce: boolean;
}

/**
 * The `answer` phase: gives reads the answer of the cache, or of an identical call in flight, and makes answers invalid after writes.
 *
 * @param store - The cache of the endpoint; undefined if the endpoint has none.
 */
export function answerStep(answers: Answers, { readOnly, coalesce }: AnsweredRoute, store?: AnswerStore): Step {
  const { host, invalidation, flights, counts } = answers;
  const { clock } = host;
  return { enter };

  function enter(execution: Execution): Promise<unknown> | undefined {
    const { call, next } = execution;
    if (!SAFE.has(call.method) && !readOnly) return execution.completeWith(write(call, next));
    if (!store && !coalesce) return undefined;
    const key = keyOf(call, (store?.options ?? CACHE_DEFAULTS).vary, host);
    if (!key) return undefined;
    const known = findFresh(call, key.key);
    return execution.completeWith(known ? Promise.resolve(known) : read(call, next, key));
  }

  /** Sends a write. Answers from before its end are invalid, unless the platform certainly did not execute it. */
  async function write(call: ActiveCall, next: Next): Promise<Outcome> {
    const end = (): void => {
      const { info } = call;
      if (info.mayBeExecuted || info.facts?.answeredBy !== undefined)
        invalidation.write(call.method, call.route.segmentsOf(call.url));
    };
    // A cancelled write ends for its caller before its attempt does.
    const stop = call.cancellation?.onCancel(end);
    try {
      return await next(call);
    } finally {
      stop?.();
      end();
    }
  }

  async function read(call: ActiveCall, next: Next, key: AnswerKey): Promise<Outcome> {
    let mayConfirm = true;
    for (;;) {
      const entry = store?.find(key.key, call);
      const usable = entry && findUsable(call, key, entry);
      if (usable) return usable;
      const flight = coalesce ? findFlight(call, key.key) : undefined;
      const confirmed = mayConfirm && call.request.variant && entry?.isConfirmable ? entry : undefined;
      if (!flight && !confirmed) return send(call, next, key, entry, coalesce);
      mayConfirm = false;
      const joined = await (flight ?? confirm(call, key, confirmed as Entry)).join(call);
      if (typeof joined !== 'string') return joined;
      if (joined === 'alone') return send(call, next, key, entry, false);
    }
  }

  function findFresh(call: ActiveCall, key: string): Outcome | undefined {
    const entry = store?.find(key, call);
    const ageMs = entry?.age(clock) ?? Infinity;
    return entry && ageMs < entry.life.ttlMs ? give(call, entry.answer, 'cache', ageMs) : undefined;
  }

  /** Finds an answer that costs no request: a fresh one, or a stale one where the options allow it. */
  function findUsable(call: ActiveCall, key: AnswerKey, entry: Entry): Outcome | undefined {
    const lateMs = entry.age(clock) - entry.life.ttlMs;
    if (lateMs < 0) return giveEntry(call, entry, 'cache');
    if (lateMs < entry.life.staleWhileRevalidateMs && call.request.variant) {
      refresh(call, key, entry);
      return giveEntry(call, entry, 'stale cache');
    }
    return host.isGated(call) ? giveThrottled(call, entry) : undefined;
  }

  /** Gives a stale answer instead of a refusal, where the options allow it. */
  function giveThrottled(call: ActiveCall, entry: Entry | undefined): Outcome | undefined {
    return entry && servesThrottled(entry) ? giveEntry(call, entry, 'stale cache') : undefined;
  }

  function servesThrottled(entry: Entry): boolean {
    return store !== undefined && entry.age(clock) - entry.life.ttlMs < store.options.staleIfThrottledMs;
  }

  function giveEntry(call: ActiveCall, entry: Entry, source: AnswerSource): Outcome | undefined {
    return give(call, entry.answer, source, entry.age(clock));
  }

  function give(call: ActiveCall, answer: SharedAnswer, source: AnswerSource, ageMs?: number): Outcome | undefined {
    const outcome = call.request.restoreAnswer && restoreAnswer(call, ownAnswer(answer), source);
    if (!outcome) return undefined;
    call.info.ensureFacts().ageMs = ageMs;
    counts[COUNTED[source] ?? 'coalesced']++;
    return outcome;
  }

  /** Finds a read in flight whose answer the call may have. */
  function findFlight(call: ActiveCall, key: string): Flight | undefined {
    const flight = flights.get(key);
    return flight && call.priority >= flight.priority && invalidation.isValid(flight.read, call, store?.rules)
      ? flight
      : undefined;
  }

  /** Ends a flight for the calls that joined it. */
  function land(key: string, flight: Flight, end: Parameters<Flight['end']>[0]): void {
    if (flights.get(key) === flight) flights.delete(key);
    flight.end(end);
  }

  /** Sends the call itself. Identical calls join it, until it ends. */
  async function send(
    call: ActiveCall,
    next: Next,
    { key, owner }: AnswerKey,
    entry: Entry | undefined,
    isJoinable: boolean,
  ): Promise<Outcome> {
    if (store) counts.misses++;
    if (entry) call.info.ensureFacts().hasStaleAnswer = () => servesThrottled(entry);
    const flight = new Flight(call.priority, invalidation.mark());
    if (isJoinable) flights.set(key, flight);
    // The call may have a reason of its own to end. One of the calls that joined it then takes its place.
    const stop = isJoinable ? call.onGone(() => land(key, flight, 'again')) : undefined;
    try {
      const outcome = await next(call);
      const stale = outcome.isThrottled ? giveThrottled(call, entry) : undefined;
      if (stale) {
        call.request.discard?.();
        land(key, flight, (other) => giveThrottled(other, entry));
        return stale;
      }
      share(call, outcome, key, owner, flight);
      return outcome;
    } catch (error) {
      const isThrottled = isHoldlineError(error) && THROTTLED.has(error.code);
      const stale = isThrottled ? giveThrottled(call, entry) : undefined;
      land(key, flight, stale ? (other) => giveThrottled(other, entry) : 'alone');
      if (stale) return stale;
      throw error;
    } finally {
      stop?.();
    }
  }

  /** Gives the outcome of a call to the calls that joined it, and keeps it. */
  function share(call: ActiveCall, outcome: Outcome, key: string, owner: string, flight: Flight): void {
    const { request, cancellation } = call;
    if (outcome.kind === 'cancelled') return land(key, flight, 'again');
    if (outcome.kind === 'local') return land(key, flight, 'alone');
    const isKept = store !== undefined && KEPT_STATUS.has(outcome.status);
    // The caller may still end the body of its answer, for all copies of it. Others then get a body that is read to its end.
    if (request.copy && !(cancellation?.openAnswer && !outcome.threw)) {
      flight.give((other) => takeOver(other, outcome));
      if (!isKept) return land(key, flight, 'alone');
    }
    if (!isKept && !flight.isShared) return land(key, flight, 'alone');
    if (!isKept && flights.get(key) === flight) flights.delete(key);
    const keeping = isKept
      ? keep(call, outcome, key, owner, flight.read)
      : keepAnswer(request, outcome, MAX_SHARED_BYTES);
    void keeping.then((answer) =>
      land(
        key,
        flight,
        answer ? (other) => give(other, answer, 'identical call') : cancellation?.cancelled ? 'again' : 'alone',
      ),
    );
  }

  function takeOver(call: ActiveCall, outcome: Outcome): Outcome {
    const copy = copyOutcome(call, outcome);
    call.info.recordOutcome(copy);
    call.info.ensureFacts().answeredBy = 'identical call';
    counts.coalesced++;
    return copy;
  }

  /** Starts a read of the line itself that asks the platform whether a stale answer still holds. */
  function confirm(call: ActiveCall, key: AnswerKey, entry: Entry): Flight {
    const controller = new AbortController();
    const flight = new Flight(call.priority, invalidation.mark(), () => controller.abort());
    void revalidate(call, key, entry, flight, controller.signal);
    return flight;
  }

  /** Refreshes a stale answer in the background. Its failure concerns nobody. */
  function refresh(call: ActiveCall, key: AnswerKey, entry: Entry): void {
    if (flights.has(key.key)) return;
    const controller = new AbortController();
    const stop = startBackgroundTimer(clock, REFRESH_MS, () => controller.abort());
    const flight = new Flight(PRIORITIES.length - 1, invalidation.mark());
    void revalidate(call, key, entry, flight, controller.signal).finally(stop);
  }

  async function revalidate(
    call: ActiveCall,
    { key, owner }: AnswerKey,
    entry: Entry,
    flight: Flight,
    signal: AbortSignal,
  ): Promise<void> {
    flights.set(key, flight);
    counts.revalidations++;
    let answer: SharedAnswer | undefined;
    try {
      const { etag, 'last-modified': modified } = entry.answer.headers;
      const headers = {
        ...(etag !== undefined && { 'if-none-match': etag }),
        ...(modified !== undefined && { 'if-modified-since': modified }),
      };
      const request = call.request.variant?.({ headers });
      if (!request) return;
      const priority = PRIORITIES[flight.priority] as Priority;
      const outcome = await host.read(request, { priority, tenant: call.tenant, signal, without: 'cache' });
      if (outcome.status === 304) {
        const renewed = keptHeaders(outcome.value, outcome.header);
        answer = { ...entry.answer, headers: { ...entry.answer.headers, ...renewed } };
        keepEntry(call, outcome, answer, key, owner, flight.read);
      } else if (KEPT_STATUS.has(outcome.status)) {
        answer = await keep(call, outcome, key, owner, flight.read, request);
      } else if (outcome.kind === 'rejected') store?.delete(key);
      request.discard?.();
    } catch {
      // The platform or the line refused the read. A call that joined finds out for itself.
    } finally {
      const given = answer;
      if (!given) counts.failedRevalidations++;
      land(key, flight, given ? (other) => give(other, given, 'cache', 0) : 'again');
    }
  }

  async function keep(
    call: ActiveCall,
    outcome: Outcome,
    key: string,
    owner: string,
    read: ReadMark,
    request = call.request,
  ): Promise<SharedAnswer | undefined> {
    const answer = await keepAnswer(request, outcome, (store as AnswerStore).options.maxBytes);
    if (answer) keepEntry(call, outcome, answer, key, owner, read);
    else counts.notKept++;
    return answer;
  }

  /** Puts an answer into the cache, unless a write ended during its read, or the client changed its credential. */
  function keepEntry(
    call: ActiveCall,
    outcome: Outcome,
    answer: SharedAnswer,
    key: string,
    owner: string,
    read: ReadMark,
  ): void {
    const { rules } = store as AnswerStore;
    const life = lifeOf(call, outcome, answer);
    const isValid = invalidation.isValid(read, call, rules) && host.ownerOf(call) === owner;
    if (!life || !isValid || !store?.set(key, new Entry(key, answer, life, read, clock))) counts.notKept++;
  }

  /** How long an answer may be used, by its headers or by the options. Undefined: not at all. */
  function lifeOf(
    { method, url, request }: ActiveCall,
    { value, header }: Outcome,
    answer: SharedAnswer,
  ): Life | undefined {
    const { rules, ttlMs, staleWhileRevalidateMs } = (store as AnswerStore).options;
    const readHeader = (name: string): string | undefined => request.headers.get(name);
    const headers = { ...answer.headers, ...listHeaders(value, header) };
    const { status } = answer;
    const judged = rules?.judge({ method, url, requestHeader: readHeader, status, headers, receivedAt: clock.wall() });
    if (!judged) return ttlMs === undefined ? undefined : { ttlMs, staleWhileRevalidateMs, varied: [] };
    const varied = judged.vary.map((name) => [name, readHeader(name) ?? ''] as const);
    return {
      ttlMs: judged.ttlMs,
      staleWhileRevalidateMs: Math.max(judged.staleWhileRevalidateMs, staleWhileRevalidateMs),
      varied,
    };
  }
}
