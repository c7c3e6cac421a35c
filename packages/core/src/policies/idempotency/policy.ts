import { type ActiveCall, notSent } from '../../call/call.js';
import { copyOutcome } from '../../call/restore-answer.js';
import type { LetterKey, LetterPolicies } from '../../contract/dead-letters.js';
import { IdempotencyConflictError, isHoldlineError, OutcomeUnknownError } from '../../contract/errors.js';
import type { Journal, JournalEntry, StepRunner } from '../../contract/journal.js';
import type { Outcome } from '../../contract/outcome.js';
import type { Next } from '../../contract/policy.js';
import type { Ports } from '../../contract/store.js';
import { digestOf, digestParts, randomKey } from '../../crypto/digest.js';
import { SAFE } from '../../http/methods.js';
import { targetOf } from '../../http/url.js';
import type { Execution, Step } from '../../pipeline/execution.js';
import type { Events } from '../../runtime/events.js';
import { deriveKey } from './key.js';
import type { IdempotencyOptions } from './options.js';

/** A call in flight that identical calls join. */
interface CallInFlight {
  readonly call: ActiveCall;
  /** Digest of the payload. */
  readonly digest: string;
  readonly outcome: Promise<Outcome>;
}

/** Calls in flight by step, so that a second identical call joins the first. */
export type CallsInFlight = Map<string, CallInFlight>;

/** The `identify` phase: gives a write its key. All attempts, replays and restarts send the same key. */
export function idempotencyStep(
  options: Required<IdempotencyOptions>,
  route: Pick<LetterPolicies, 'readOnly' | 'keyed' | 'retry'>,
  ports: Ports,
  events: Events,
  inFlight: CallsInFlight,
): Step {
  const { clock, random, store } = ports;
  const { journal } = store;
  const { verify, verifyTimeoutMs } = route.retry || { verify: undefined, verifyTimeoutMs: 0 };
  const steps = journal.steps?.({ clock, journal, events, options, verify, verifyTimeoutMs });
  return { enter };

  function enter(execution: Execution): Promise<unknown> | undefined {
    const { call } = execution;
    const { context, request } = call;
    const { key } = call.replay ?? {};
    if (key) return execution.completeWith(identify(call, execution.next, key.given ? key.value : undefined, key));
    const userKey = context?.idempotencyKey ?? request.headers.get(options.header);
    const needsKey =
      userKey !== undefined || (isWrite(call) && (route.keyed || options.always || context?.transaction !== undefined));
    return needsKey ? execution.completeWith(identify(call, execution.next, userKey)) : undefined;
  }

  function isWrite({ method }: ActiveCall): boolean {
    return !SAFE.has(method) && !route.readOnly;
  }

  /** @param letterKey - Key of the dead letter that the call replays. */
  async function identify(
    call: ActiveCall,
    next: Next,
    userKey: string | undefined,
    letterKey?: LetterKey,
  ): Promise<Outcome> {
    const { digest, bytes } = digestOf(call.request.payload?.());
    const step = letterKey ? letterKey.step : nameStep(call, userKey);
    if (step === undefined) {
      const now = clock.wall();
      const isValid = letterKey !== undefined && !isExpired(call, letterKey.issuedAt, now);
      const key = isValid
        ? letterKey
        : { value: randomKey(random), given: false, step: undefined, issuedAt: now, generation: 0 };
      call.info.ensureFacts().key = key;
      writeKey(call, key.value);
      return next(call);
    }
    for (let first = findInFlight(step); first; first = findInFlight(step)) {
      if (first.digest !== digest) throw conflictError(call);
      const joined = await join(call, first.call, first.outcome);
      if (joined) return joined;
    }
    const outcome = send(call, next, step, userKey, digest, bytes, letterKey);
    const entry = { call, digest, outcome };
    inFlight.set(step, entry);
    try {
      return await outcome;
    } finally {
      if (inFlight.get(step) === entry) inFlight.delete(step);
    }
  }

  /** Returns the call of this step that is in flight, unless it was cancelled. */
  function findInFlight(step: string): CallInFlight | undefined {
    const first = inFlight.get(step);
    return first?.call.cancellation?.cancelled ? undefined : first;
  }

  async function send(
    call: ActiveCall,
    next: Next,
    step: string,
    userKey: string | undefined,
    digest: string,
    bytes: number,
    letterKey: LetterKey | undefined,
  ): Promise<Outcome> {
    const runner = call.context?.transaction !== undefined && isWrite(call) ? steps : undefined;
    for (;;) {
      const outcome = await sendOnce(call, next, step, userKey, digest, bytes, letterKey, runner);
      // Otherwise another process started the step, and the journal has its entry.
      if (outcome) return outcome;
    }
  }

  async function sendOnce(
    call: ActiveCall,
    next: Next,
    name: string,
    userKey: string | undefined,
    digest: string,
    bytes: number,
    letterKey: LetterKey | undefined,
    runner: StepRunner | undefined,
  ): Promise<Outcome | undefined> {
    const now = clock.wall();
    const { isIdempotent } = call;
    const found = runner
      ? runner.find(call, name, isIdempotent || route.keyed)
      : askJournal('get', (journal) => journal.get(name));
    const facts = call.info.ensureFacts();
    const create = (generation: number): JournalEntry => {
      const key = userKey ?? deriveKey(call.context?.transaction ?? '', name, digest, generation);
      return createEntry(key, now, generation, digest, bytes);
    };
    const noteKey = ({ key: value, issuedAt, generation }: JournalEntry): void => {
      facts.key = { value, given: userKey !== undefined, step: name, issuedAt, generation };
    };
    const kept = await call.whileWanted(found).catch((error: unknown) => {
      // The dead letter of the call belongs to the step, so that a replay finds what an earlier run did.
      noteKey(restoreEntry(letterKey, digest, bytes) ?? create(0));
      throw error;
    });
    const known = kept ?? restoreEntry(letterKey, digest, bytes);
    const isOld = known !== undefined && isExpired(call, known.issuedAt, now);
    // After its expiry the user may use a key for another payload, because the platform has forgotten the key. The payload of a
    // replay is not compared: the bytes of a letter may be known only now.
    const isConflict = known && known.payloadDigest !== digest && !letterKey && !(isOld && userKey !== undefined);
    if (isConflict) throw conflictError(call);
    facts.isRepeat = known !== undefined;
    const isKeyed = route.keyed && !isOld;
    const step = { call, name, known: kept, isKeyed, isRepeatable: isIdempotent || isKeyed };
    if (kept && runner && (letterKey || kept.payloadDigest === digest)) {
      noteKey(kept);
      const outcome = await runner.recall(step);
      if (outcome) return outcome;
    }
    if (isOld && userKey === undefined && events.has('keyRotated')) {
      const { payloadDigest, payloadBytes, issuedAt, attempts } = known;
      const { route, context } = call;
      const { transaction } = context ?? {};
      events.emit('keyRotated', { route: route.name, transaction, payloadDigest, payloadBytes, issuedAt, attempts });
    }
    const entry = known && !isOld ? known : create((known?.generation ?? 0) + (isOld ? 1 : 0));
    noteKey(entry);
    const start = (): Promise<Outcome> => {
      writeKey(call, entry.key);
      return next(call);
    };
    if (runner) return runner.send(step, entry, start);
    const put = (state: JournalEntry['state']): Promise<void> => {
      const changed = { ...entry, attempts: entry.attempts + call.info.attempts, state };
      return askJournal('put', (journal) => journal.put(name, changed));
    };
    // The journal stores the key before the platform receives it.
    await call.whileWanted(put('started'));
    try {
      const outcome = await start();
      // The caller does not wait for this entry.
      void put(outcome.status === undefined || outcome.kind === 'unknown' ? 'unknown' : 'answered');
      return outcome;
    } catch (error) {
      void put('unknown');
      throw error;
    }
  }

  function isExpired({ replay }: ActiveCall, issuedAt: number, now: number): boolean {
    return now - issuedAt > options.rotateAfterMs && (replay?.mayRotate ?? true);
  }

  /** Restores the journal entry of a dead letter whose step the journal no longer has. */
  function restoreEntry(letter: LetterKey | undefined, digest: string, bytes: number): JournalEntry | undefined {
    return letter && createEntry(letter.value, letter.issuedAt, letter.generation, digest, bytes);
  }

  // The key derives without a journal too, so the call continues after a failure of the store.
  async function askJournal<T>(method: 'get' | 'put', ask: (journal: Journal) => Promise<T>): Promise<T | undefined> {
    try {
      return await ask(journal);
    } catch (error) {
      events.storeFailed(`journal.${method}`, error);
      return undefined;
    }
  }

  /**
   * Returns the outcome of the first call for a call that joins it. Undefined: the first call ended for a reason of its own caller,
   * such as a shorter deadline. The joining call is then sent itself.
   * @throws OutcomeUnknownError if the first call may be executed, and a second execution would not have the effect of one.
   */
  async function join(call: ActiveCall, first: ActiveCall, outcome: Promise<Outcome>): Promise<Outcome | undefined> {
    let shared: Outcome;
    const { info } = first;
    const facts = call.info.ensureFacts();
    facts.answeredBy = 'identical call';
    // The copy is made immediately. Once the first caller reads a fetch response, its body can no longer be copied.
    const copy = outcome.then(
      (ended) => (call.cancellation?.cancelled ? ended : copyOutcome(call, ended)),
      (error: unknown) => {
        throw call.cancellation?.cancelled ? error : copyError(call, error);
      },
    );
    try {
      shared = await call.whileWanted(first.whileWanted(copy));
    } catch (error) {
      call.check();
      const isOwn = isHoldlineError(error) && error.code !== 'HOLDLINE_OUTCOME_UNKNOWN';
      if (!isOwn && !first.cancellation?.cancelled) throw error;
      facts.answeredBy = undefined;
      return sendItself(call, first);
    }
    // The body source of the first call may have broken. The joining call has its own body.
    if (shared.kind === 'cancelled' || shared.kind === 'local') {
      facts.answeredBy = undefined;
      return sendItself(call, first);
    }
    call.info.recordOutcome(shared);
    call.info.idempotencyKey = info.idempotencyKey;
    return shared;
  }

  function sendItself(call: ActiveCall, first: ActiveCall): undefined {
    if (first.isRepeatable || !first.info.mayBeExecuted) return undefined;
    // The first call leaves the dead letter of this write.
    call.info.ensureFacts().answeredBy = 'identical call';
    const message = `${call.route.name} may or may not have been executed by an identical call that was cancelled (idempotencyKey or step); nothing was sent`;
    throw new OutcomeUnknownError(message, call.errorDetails());
  }

  /** Copies an `OutcomeUnknownError` with its answer, because the body of an answer can be read once. Returns other errors unchanged. */
  function copyError({ request }: ActiveCall, error: unknown): unknown {
    if (!isHoldlineError(error) || error.code !== 'HOLDLINE_OUTCOME_UNKNOWN') return error;
    const { message, route, attempts, waitedMs, cause, response } = error;
    if (response === undefined || !request.copy) return error;
    const copy = request.copy(response);
    const own = { route, attempts, waitedMs, cause, response: request.answer ? request.answer(copy) : copy };
    return new OutcomeUnknownError(message, own);
  }

  function writeKey(call: ActiveCall, key: string): void {
    call.info.idempotencyKey = key;
    const { headers } = call.request;
    // A header that the client wrote itself stays unchanged, with its quotes.
    if (headers.get(options.header) === key) return;
    headers.set(options.header, options.quoted ? `"${key.replace(/["\\]/g, '\\$&')}"` : key);
  }

  /**
   * Names the operation of a call by its method and URL, and by the user's key or the step of its transaction. Undefined: the call has
   * neither. The name is a digest, because a URL may contain secrets that a journal must not store.
   */
  function nameStep(call: ActiveCall, userKey: string | undefined): string | undefined {
    const { context, method } = call;
    const target = `${method} ${targetOf(call.url)}`;
    if (userKey !== undefined) return digestParts('key', userKey, target);
    const { transaction, step, steps } = context ?? {};
    if (transaction === undefined) return undefined;
    if (step !== undefined) return digestParts('step', transaction, step, target);
    const n = steps?.get(target) ?? 0;
    steps?.set(target, n + 1);
    return digestParts('call', transaction, n, target);
  }

  function conflictError(call: ActiveCall): IdempotencyConflictError {
    const reason = 'an earlier call had another payload under the same idempotencyKey or step';
    return notSent(IdempotencyConflictError, call, reason);
  }
}

function createEntry(
  key: string,
  issuedAt: number,
  generation: number,
  payloadDigest: string,
  payloadBytes: number,
): JournalEntry {
  return { key, payloadDigest, payloadBytes, issuedAt, generation, attempts: 0, state: 'started' };
}
