import type { Call } from '../call.js';
import { IdempotencyConflictError } from '../errors.js';
import type { Events } from '../events.js';
import { Outcome } from '../outcome.js';
import type { Interceptor } from '../pipeline.js';
import type { JournalEntry, Ports } from '../ports.js';
import type { Next } from '../route.js';
import { deriveKey, digestOf, randomKey } from './key.js';
import type { IdempotencyOptions } from './options.js';

/** Calls under way, by step, so that a second identical one joins the first. */
export type InFlight = Map<string, { call: Call; digest: string; outcome: Promise<Outcome> }>;

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** The `identify` phase: gives a write its key, the same one for every attempt, replay and restart. */
export function idempotencyPolicy(
  options: Required<IdempotencyOptions>,
  route: { readOnly: boolean; keyed: boolean },
  ports: Ports,
  events: Events,
  inFlight: InFlight,
): Interceptor {
  const { clock, random, store } = ports;

  return (call, next) => {
    const { context, request } = call;
    const asked = context?.idempotencyKey ?? request.headers.get(options.header);
    const writes = !SAFE.has(call.method) && !route.readOnly;
    const wanted = asked !== undefined || (writes && (route.keyed || options.always || context?.transaction !== undefined));
    return wanted ? identify(call, next, asked) : next(call);
  };

  async function identify(call: Call, next: Next, asked: string | undefined): Promise<Outcome> {
    const { digest, bytes } = digestOf(call.request.payload?.());
    const name = asked === undefined ? stepOf(call) : `key ${asked}`;
    if (name === undefined) {
      write(call, randomKey(random));
      return next(call);
    }
    for (let running = inFlight.get(name); running; running = inFlight.get(name)) {
      if (running.digest !== digest) throw conflict(call);
      const joined = await join(call, running.call, running.outcome);
      if (joined) return joined;
    }
    const outcome = send(call, next, name, asked, digest, bytes);
    inFlight.set(name, { call, digest, outcome });
    try {
      return await outcome;
    } finally {
      inFlight.delete(name);
    }
  }

  async function send(
    call: Call,
    next: Next,
    name: string,
    asked: string | undefined,
    digest: string,
    bytes: number,
  ): Promise<Outcome> {
    const now = clock.wall();
    const known = await store.journal.get(name);
    if (known && known.payloadDigest !== digest) throw conflict(call);
    const rotates = known !== undefined && asked === undefined && now - known.issuedAt > options.rotateAfterMs;
    const generation = (known?.generation ?? 0) + (rotates ? 1 : 0);
    const fresh: JournalEntry = {
      key: asked ?? deriveKey(call.context?.transaction ?? '', name, digest, generation),
      payloadDigest: digest,
      payloadBytes: bytes,
      issuedAt: now,
      generation,
      attempts: 0,
      state: 'started',
    };
    if (known && rotates && events.has('keyRotated')) {
      const { payloadDigest, payloadBytes, issuedAt, attempts } = known;
      const { route: called, context } = call;
      const transaction = context?.transaction;
      events.emit('keyRotated', { route: called.name, transaction, payloadDigest, payloadBytes, issuedAt, attempts });
    }
    const entry = known && !rotates ? { ...known, state: 'started' as const } : fresh;
    await store.journal.put(name, entry);
    write(call, entry.key);
    const settle = (state: JournalEntry['state']): Promise<void> =>
      // The answer is worth more than its entry: a store that fails now must not take it from the caller.
      store.journal.put(name, { ...entry, attempts: entry.attempts + call.info.attempts, state }).catch(() => undefined);
    try {
      const outcome = await next(call);
      await settle(outcome.status === undefined || outcome.kind === 'unknown' ? 'unknown' : 'answered');
      return outcome;
    } catch (error) {
      await settle('unknown');
      throw error;
    }
  }

  /** The answer of the call that is under way, or undefined if its caller gave it up: then it is this one's turn. */
  async function join(call: Call, first: Call, running: Promise<Outcome>): Promise<Outcome | undefined> {
    let outcome: Outcome;
    try {
      outcome = await running;
    } catch (error) {
      if (first.cancellation?.cancelled) return undefined;
      throw error;
    }
    if (outcome.kind === 'cancelled' && first.cancellation?.cancelled) return undefined;
    call.info.saw(outcome);
    call.info.idempotencyKey = first.info.idempotencyKey;
    if (!call.request.copy) return outcome;
    const { kind, value, threw, status, header } = outcome;
    return new Outcome(kind, call.request.copy(value), threw, status, header, undefined, undefined);
  }

  function write(call: Call, key: string): void {
    call.info.idempotencyKey = key;
    call.request.headers.set(options.header, options.quoted ? `"${key}"` : key);
  }

  /** The step a call stands for in its transaction, or undefined outside of one. */
  function stepOf(call: Call): string | undefined {
    const { context, route: called } = call;
    if (context?.transaction === undefined) return undefined;
    if (context.step !== undefined) return JSON.stringify([context.transaction, context.step]);
    const n = context.steps?.get(called.name) ?? 0;
    context.steps?.set(called.name, n + 1);
    return JSON.stringify([context.transaction, `${called.name} #${n}`]);
  }

  function conflict(call: Call): IdempotencyConflictError {
    return new IdempotencyConflictError(`${call.route.name}: this key was used for another payload`, { route: call.route.name });
  }
}
