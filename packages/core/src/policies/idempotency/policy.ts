import type { Call } from '../../call/call.js';
import type { LetterKey } from '../../contract/dead-letters.js';
import { IdempotencyConflictError, isHoldlineError, messageOf, OutcomeUnknownError } from '../../contract/errors.js';
import type { JournalEntry } from '../../contract/journal.js';
import { Outcome } from '../../contract/outcome.js';
import type { Next } from '../../contract/policy.js';
import type { Ports } from '../../contract/store.js';
import { digestOf, randomKey } from '../../crypto/digest.js';
import { SAFE } from '../../http/methods.js';
import { targetOf } from '../../http/url.js';
import type { Passage, Step } from '../../pipeline/execution.js';
import type { Events } from '../../runtime/events.js';
import { deriveKey } from './key.js';
import type { IdempotencyOptions } from './options.js';

/** Calls under way, by step, so that a second identical one joins the first. */
export type InFlight = Map<string, { call: Call; digest: string; outcome: Promise<Outcome> }>;

/** The `identify` phase: gives a write its key, the same one for every attempt, replay and restart. */
export function idempotencyStep(
  options: Required<IdempotencyOptions>,
  route: { readOnly: boolean; keyed: boolean },
  ports: Ports,
  events: Events,
  inFlight: InFlight,
): Step {
  const { clock, random, store } = ports;
  return { enter };

  function enter(passage: Passage): Promise<unknown> | undefined {
    const { call } = passage;
    const { context, request } = call;
    const { key } = call.replay ?? {};
    if (key) return passage.leaveWith(identify(call, passage.next, key.given ? key.value : undefined, key));
    const asked = context?.idempotencyKey ?? request.headers.get(options.header);
    const writes = !SAFE.has(call.method) && !route.readOnly;
    const wanted =
      asked !== undefined || (writes && (route.keyed || options.always || context?.transaction !== undefined));
    return wanted ? passage.leaveWith(identify(call, passage.next, asked)) : undefined;
  }

  /** @param old That of the dead letter which the call is made of. */
  async function identify(call: Call, next: Next, asked: string | undefined, old?: LetterKey): Promise<Outcome> {
    const { digest, bytes } = digestOf(call.request.payload?.());
    const name = old ? old.step : nameOf(call, asked);
    if (name === undefined) {
      const now = clock.wall();
      const isGood = old !== undefined && !isExpired(call, old.issuedAt, now);
      const key = isGood
        ? old
        : { value: randomKey(random), given: false, step: undefined, issuedAt: now, generation: 0 };
      call.info.traced().key = key;
      write(call, key.value);
      return next(call);
    }
    for (let first = running(name); first; first = running(name)) {
      if (first.digest !== digest) throw conflict(call);
      const joined = await join(call, first.call, first.outcome);
      if (joined) return joined;
    }
    const outcome = send(call, next, name, asked, digest, bytes, old);
    const entry = { call, digest, outcome };
    inFlight.set(name, entry);
    try {
      return await outcome;
    } finally {
      if (inFlight.get(name) === entry) inFlight.delete(name);
    }
  }

  /** The call of this name that is under way, unless its caller gave it up. */
  function running(name: string): { call: Call; digest: string; outcome: Promise<Outcome> } | undefined {
    const first = inFlight.get(name);
    return first?.call.cancellation?.cancelled ? undefined : first;
  }

  async function send(
    call: Call,
    next: Next,
    name: string,
    asked: string | undefined,
    digest: string,
    bytes: number,
    old: LetterKey | undefined,
  ): Promise<Outcome> {
    const now = clock.wall();
    const known = (await call.whileWanted(read(name))) ?? (old && entryOf(old, digest, bytes));
    const expired = known !== undefined && isExpired(call, known.issuedAt, now);
    // A key that the platform forgot may stand for something else. A letter is what it was, also where its bytes are known only now.
    if (known && known.payloadDigest !== digest && !old && !(expired && asked !== undefined)) throw conflict(call);
    const generation = (known?.generation ?? 0) + (expired ? 1 : 0);
    const fresh: JournalEntry = {
      key: asked ?? deriveKey(call.context?.transaction ?? '', name, digest, generation),
      payloadDigest: digest,
      payloadBytes: bytes,
      issuedAt: now,
      generation,
      attempts: 0,
      state: 'started',
    };
    if (expired && asked === undefined && events.has('keyRotated')) {
      const { payloadDigest, payloadBytes, issuedAt, attempts } = known;
      const { route: called, context } = call;
      const transaction = context?.transaction;
      events.emit('keyRotated', { route: called.name, transaction, payloadDigest, payloadBytes, issuedAt, attempts });
    }
    const entry = known && !expired ? { ...known, state: 'started' as const } : fresh;
    const put = (state: JournalEntry['state']): Promise<void> =>
      keep(name, { ...entry, attempts: entry.attempts + call.info.attempts, state });
    const { key: value, issuedAt } = entry;
    const trace = call.info.traced();
    trace.isRepeat = known !== undefined;
    trace.key = { value, given: asked !== undefined, step: name, issuedAt, generation: entry.generation };
    // Known to the journal before it is known to the platform.
    await call.whileWanted(put('started'));
    write(call, entry.key);
    try {
      const outcome = await next(call);
      // Nobody waits for this: the answer is worth more than its entry.
      void put(outcome.status === undefined || outcome.kind === 'unknown' ? 'unknown' : 'answered');
      return outcome;
    } catch (error) {
      void put('unknown');
      throw error;
    }
  }

  function isExpired({ replay }: Call, issuedAt: number, now: number): boolean {
    return now - issuedAt > options.rotateAfterMs && (replay?.mayRotate ?? true);
  }

  /** What the journal has forgotten. */
  function entryOf({ value: key, issuedAt, generation }: LetterKey, digest: string, bytes: number): JournalEntry {
    return { key, payloadDigest: digest, payloadBytes: bytes, issuedAt, generation, attempts: 0, state: 'unknown' };
  }

  // Keys derive without a journal too, so a store that fails takes nothing from the caller.
  async function read(name: string): Promise<JournalEntry | undefined> {
    try {
      return await store.journal.get(name);
    } catch (error) {
      if (events.has('storeFailed'))
        events.emit('storeFailed', { operation: 'journal.get', message: messageOf(error) });
      return undefined;
    }
  }

  async function keep(name: string, entry: JournalEntry): Promise<void> {
    try {
      await store.journal.put(name, entry);
    } catch (error) {
      if (events.has('storeFailed'))
        events.emit('storeFailed', { operation: 'journal.put', message: messageOf(error) });
    }
  }

  /**
   * The answer of the call that is under way. Undefined if that came to nothing for a reason of its own, such as its
   * caller's patience: then it is this one's turn.
   */
  async function join(call: Call, first: Call, outcome: Promise<Outcome>): Promise<Outcome | undefined> {
    let shared: Outcome;
    const { info } = first;
    const trace = call.info.traced();
    trace.isJoined = true;
    // At once: soon the first caller reads his answer, and what was read of a fetch cannot be copied any more.
    const own = outcome.then(
      (ended) => (call.cancellation?.cancelled ? ended : copyFor(call, ended)),
      (error: unknown) => {
        throw call.cancellation?.cancelled ? error : copyOfError(call, error);
      },
    );
    try {
      shared = await call.whileWanted(first.whileWanted(own));
    } catch (error) {
      call.check();
      const isOwn = isHoldlineError(error) && error.code !== 'HOLDLINE_OUTCOME_UNKNOWN';
      trace.isJoined = !isOwn && !first.cancellation?.cancelled;
      if (trace.isJoined) throw error;
      return undefined;
    }
    // A body of its own may be whole where that of the first call broke.
    trace.isJoined = shared.kind !== 'cancelled' && shared.kind !== 'local';
    if (!trace.isJoined) return undefined;
    call.info.saw(shared);
    call.info.idempotencyKey = info.idempotencyKey;
    return shared;
  }

  function copyFor({ request }: Call, ended: Outcome): Outcome {
    const { kind, value, threw, status, header } = ended;
    if (!request.copy || kind === 'cancelled') return ended;
    return new Outcome(kind, request.copy(value), threw, status, header, undefined, undefined);
  }

  /** The answer that hangs on an error of ours can be read once, too. */
  function copyOfError({ request }: Call, error: unknown): unknown {
    if (!isHoldlineError(error) || error.code !== 'HOLDLINE_OUTCOME_UNKNOWN') return error;
    const { message, route, attempts, waitedMs, cause, response } = error;
    if (response === undefined || !request.copy) return error;
    const copy = request.copy(response);
    const own = { route, attempts, waitedMs, cause, response: request.answer ? request.answer(copy) : copy };
    return new OutcomeUnknownError(message, own);
  }

  function write(call: Call, key: string): void {
    call.info.idempotencyKey = key;
    const { headers } = call.request;
    // What the client wrote itself stays as it is, quotes and all.
    if (headers.get(options.header) === key) return;
    headers.set(options.header, options.quoted ? `"${key.replace(/["\\]/g, '\\$&')}"` : key);
  }

  /**
   * What two calls have in common that are one and the same operation: the user's key or the step of the transaction, and
   * method and URL. Undefined outside of both. A digest, for URLs may hold what does not belong into a journal.
   */
  function nameOf(call: Call, asked: string | undefined): string | undefined {
    const { context, method } = call;
    const target = `${method} ${targetOf(call.url)}`;
    if (asked !== undefined) return digestOf(JSON.stringify(['key', asked, target])).digest;
    const { transaction, step, steps } = context ?? {};
    if (transaction === undefined) return undefined;
    if (step !== undefined) return digestOf(JSON.stringify(['step', transaction, step, target])).digest;
    const n = steps?.get(target) ?? 0;
    steps?.set(target, n + 1);
    return digestOf(JSON.stringify(['call', transaction, n, target])).digest;
  }

  function conflict(call: Call): IdempotencyConflictError {
    const message = `${call.route.name}: sent before with another payload, under the same key or as the same step of the transaction`;
    return new IdempotencyConflictError(message, { route: call.route.name });
  }
}
