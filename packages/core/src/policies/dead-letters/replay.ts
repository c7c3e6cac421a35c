import type { ActiveContext } from '../../call/active-context.js';
import { type ActiveCall, describeUncertainWrite } from '../../call/call.js';
import { signalCheck } from '../../call/context.js';
import { Replaying } from '../../call/replaying.js';
import type { Call, CallRequest } from '../../contract/call.js';
import { callable, number, oneOf, shape } from '../../contract/check.js';
import type { Clock } from '../../contract/clock.js';
import { PRIORITIES } from '../../contract/context.js';
import type {
  DeadCall,
  DeadLetter,
  DeadLetters,
  LetterClaim,
  LetterLine,
  LetterPart,
  LetterPolicies,
  LetterSender,
  LetterToSend,
  ReplayOptions,
  ReplayReport,
  ReplayResult,
} from '../../contract/dead-letters.js';
import { isHoldlineError, messageOf } from '../../contract/errors.js';
import { networkFailure } from '../../contract/network-failure.js';
import { answered, failed, type Outcome } from '../../contract/outcome.js';
import { IDEMPOTENT } from '../../http/methods.js';
import { recordHeaders } from '../../http/record-headers.js';
import { activeContext } from '../../call/active-context.js';
import type { ClientChoice, LetterClients } from './clients.js';

/** Checks {@link ReplayOptions}. Made where it is used, for a bundle without dead letters to be without it. */
function checkReplay(options: ReplayOptions): ReplayOptions {
  return shape<ReplayOptions>({
    where: callable<NonNullable<ReplayOptions['where']>>(),
    confirm: callable<NonNullable<ReplayOptions['confirm']>>(),
    complete: callable<NonNullable<ReplayOptions['complete']>>(),
    client: callable<NonNullable<ReplayOptions['client']>>(),
    send: callable<NonNullable<ReplayOptions['send']>>(),
    priority: oneOf(...PRIORITIES),
    concurrency: number({ min: 1, max: 1_000, integer: true }),
    signal: signalCheck,
  })(options, 'options');
}

/** How long a letter is in our hands before others may take it, unless it is asked for again. */
const CLAIM_MS = 60_000;
const PAGE = 100;
/** How often a letter is tried that the line lets not through, and the shortest time between. */
const MAX_TRIES = 3;
const FIRST_PAUSE_MS = 1_000;
/** What the line says when it lets nothing through now. */
const REFUSALS: readonly string[] = [
  'HOLDLINE_CIRCUIT_OPEN',
  'HOLDLINE_THROTTLED',
  'HOLDLINE_QUEUE_FULL',
  'HOLDLINE_STORE_LOST',
];

type ReplayOutcome = {
  result: ReplayResult;
  reason?: string | undefined;
  letter?: DeadLetter | undefined;
  retryAt?: number | undefined;
};

/** What a letter held, opened. */
export interface LetterContents {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
}

/** What a replay needs of the writer. */
export interface ReplayHost {
  readonly line: LetterLine;
  readonly letters: DeadLetters;
  readonly clients: LetterClients;
  /** Decrypts a letter; undefined if no key decrypts it. */
  decrypt(letter: DeadLetter): Promise<LetterContents | undefined>;
  /** Repeats work on the store that may fail for a moment. */
  retryOnStoreFailure<T>(work: () => Promise<T>): Promise<T>;
  /** Reports a letter that was replayed. */
  reportReplayed(letter: DeadLetter): void;
  /** Reports a letter that was given up again. */
  reportReturned(letter: DeadLetter): void;
  /** Reports a letter that no client may send. */
  reportWaiting(letter: DeadLetter, why: string | undefined): void;
}

/** One replay of the letters of a store. */
export class Replay {
  readonly #options: ReplayOptions;
  readonly #report: ReplayReport['letters'][number][] = [];
  readonly #clock: Clock;
  /** By transaction or socket: whether the last of them succeeded. */
  readonly #chains = new Map<string, Promise<boolean>>();
  readonly #stops = new Set<AbortController>();
  #isRefused = false;

  constructor(
    readonly host: ReplayHost,
    options: ReplayOptions,
  ) {
    this.#options = checkReplay(options);
    this.#clock = host.line.ports.clock;
  }

  async run(): Promise<ReplayReport> {
    const { signal } = this.#options;
    const stop = (): void => {
      for (const controller of this.#stops) controller.abort(signal?.reason);
    };
    signal?.addEventListener('abort', stop);
    try {
      await this.#sendAll();
    } finally {
      signal?.removeEventListener('abort', stop);
    }
    const letters = this.#report;
    const count = (...results: ReplayResult[]): number =>
      letters.filter(({ result }) => results.includes(result)).length;
    const replayed = count('replayed');
    const left = letters.length - replayed - count('executed', 'taken');
    return { letters, replayed, left, stopped: this.#isRefused || (signal?.aborted ?? false) };
  }

  async #sendAll(): Promise<void> {
    const { where, signal, concurrency = 10 } = this.#options;
    const running = new Set<Promise<void>>();
    try {
      for (let after: string | undefined = ''; after !== undefined;) {
        const place: string = after;
        const page = await this.host.retryOnStoreFailure(() => this.host.letters.list(place, PAGE));
        for (const letter of page.letters) {
          if (where && !where(letter)) continue;
          while (running.size >= concurrency) await Promise.race(running);
          if (signal?.aborted || this.#isRefused) return;
          const one = this.#replayInOrder(letter).finally(() => running.delete(one));
          running.add(one);
        }
        after = page.next;
      }
    } finally {
      await Promise.all(running);
    }
  }

  /** Letters of one transaction or socket go one after the other, and none before an earlier one that failed. */
  async #replayInOrder(letter: DeadLetter): Promise<void> {
    const name =
      letter.kind === 'frame' ? JSON.stringify([letter.client, letter.url, letter.tenant]) : letter.transaction;
    if (name === undefined) {
      await this.#replayLetter(letter);
      return;
    }
    const before = this.#chains.get(name) ?? Promise.resolve(true);
    const own = before.then((succeeded) => {
      if (succeeded) return this.#replayLetter(letter);
      this.#addResult(letter, { result: 'blocked' });
      return false;
    });
    this.#chains.set(name, own);
    await own;
  }

  /** Returns whether it is done with. */
  async #replayLetter({ id, ...known }: DeadLetter): Promise<boolean> {
    const { host } = this;
    let claim: LetterClaim | undefined;
    let ended: ReplayOutcome;
    try {
      claim = await host.letters.claim(id, CLAIM_MS);
      ended = claim ? await this.#replayClaimed(claim) : { result: 'taken' };
    } catch (error) {
      ended = { result: 'failed', reason: messageOf(error), letter: claim?.letter };
    }
    const { result, letter } = ended;
    this.#isRefused ||= result === 'refused';
    const isDone = result === 'replayed' || result === 'executed';
    if (claim) {
      const { fence } = claim;
      // Where it fails the claim runs out, and the letter counts as one that may have been sent.
      await host
        .retryOnStoreFailure(() => host.letters.settle(id, fence, isDone ? undefined : letter))
        .catch(() => undefined);
    }
    this.#addResult({ id, ...known } as DeadLetter, ended);
    if (result === 'replayed' && claim) host.reportReplayed(claim.letter);
    if (result === 'failed' && letter) host.reportReturned(letter);
    if (result === 'no client' && letter) host.reportWaiting(letter, ended.reason);
    return isDone;
  }

  #addResult({ id }: DeadLetter, { result, reason }: ReplayOutcome): void {
    this.#report.push({ id, result, reason });
  }

  async #replayClaimed(claim: LetterClaim): Promise<ReplayOutcome> {
    const controller = new AbortController();
    this.#stops.add(controller);
    const stopHolding = this.#keepClaim(claim.letter.id, claim.fence, controller);
    try {
      return await this.#replayHeld(claim, controller.signal);
    } finally {
      stopHolding();
      this.#stops.delete(controller);
    }
  }

  async #replayHeld({ letter: found, wasDropped }: LetterClaim, signal: AbortSignal): Promise<ReplayOutcome> {
    const letter: DeadLetter = wasDropped ? { ...found, mayBeExecuted: true } : found;
    const given = await this.#options.complete?.(letter);
    const contents = await this.host.decrypt(letter);
    const lacking: LetterPart[] = letter.missing.filter(
      (part) => given?.[part === 'query' ? 'url' : part] === undefined,
    );
    if (lacking.length > 0) return { result: 'incomplete', reason: lacking.join(', '), letter };
    if (!contents) return { result: 'incomplete', reason: 'no key opens it', letter };
    const whole: LetterToSend = {
      kind: letter.kind,
      method: letter.kind === 'call' ? letter.method : 'SEND',
      url: given?.url ?? contents.url,
      headers: { ...contents.headers, ...given?.headers },
      body: given?.body ?? contents.body,
    };
    return letter.kind === 'call' ? this.#replayCall(letter, whole, signal) : this.#replayFrame(letter, whole);
  }

  async #replayFrame(letter: DeadLetter, whole: LetterToSend): Promise<ReplayOutcome> {
    const choice = this.#chooseClient(letter, whole);
    if ('waitsFor' in choice) return { result: 'no client', reason: choice.waitsFor, letter };
    const { sender } = choice;
    if (letter.mayBeExecuted && !(await this.#options.confirm?.(letter))) return { result: 'doubtful', letter };
    try {
      await sender.send(whole);
      return { result: 'replayed' };
    } catch (error) {
      const reason = messageOf(error);
      return { result: 'failed', reason, letter: { ...letter, reason, replays: letter.replays + 1 } };
    }
  }

  async #replayCall(letter: DeadCall, whole: LetterToSend, signal: AbortSignal): Promise<ReplayOutcome> {
    const { line } = this.host;
    const { send } = this.#options;
    const choice = send ? { sender: undefined } : this.#chooseClient(letter, whole);
    if ('waitsFor' in choice) return { result: 'no client', reason: choice.waitsFor, letter };
    const { sender } = choice;
    const { id, tenant, transaction, weight } = letter;
    const context = {
      priority: this.#options.priority ?? 'background',
      weight,
      signal,
      ...(tenant !== undefined && { tenant }),
      // One that has no key was given up before it got one. As a step of its own it is not taken for another.
      ...(transaction !== undefined && { transaction, step: `letter ${id}` }),
    };
    const probe = line.call({ ...toRequest(whole), context }) as ActiveCall;
    const policies = line.policiesOf(probe);
    const doubt = letter.mayBeExecuted && !isRepeatable(letter, policies, this.#clock.wall());
    if (doubt) {
      const executed = await askVerify(probe, policies);
      if (executed === true) return { result: 'executed' };
      if (executed === undefined && !(await this.#options.confirm?.(letter))) return { result: 'doubtful', letter };
    }
    const again = { ...letter, mayBeExecuted: letter.mayBeExecuted && !doubt };
    for (let tries = 1; ; tries++) {
      const ended = await this.#tryCall(again, whole, sender, context);
      if (ended.result !== 'refused' || tries === MAX_TRIES) return ended;
      const { retryAt = 0 } = ended;
      await this.#pause(Math.min(Math.max(retryAt - this.#clock.wall(), FIRST_PAUSE_MS), CLAIM_MS), signal);
    }
  }

  /** One call of a letter. */
  async #tryCall(
    letter: DeadCall,
    whole: LetterToSend,
    sender: LetterSender | undefined,
    context: ActiveContext & { signal: AbortSignal },
  ): Promise<ReplayOutcome> {
    const { line } = this.host;
    const { id, key } = letter;
    const { signal } = context;
    const replaying = new Replaying(id, key, !letter.mayBeExecuted);
    const error = await activeContext
      .run({ ...context, replay: replaying }, () =>
        sender
          ? sender.send(whole)
          : line.run({ ...toRequest(whole), send: (call) => this.#sendByUser(whole, call, signal) }),
      )
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    if (replaying.isDone) return { result: 'replayed' };
    const { info } = replaying;
    const reason = replaying.reason ?? (error === undefined ? 'it never came to the line' : messageOf(error));
    const hasLeft = info !== undefined && info.attempts > 0;
    if (!hasLeft && signal.aborted) return { result: 'stopped', letter };
    if (!hasLeft && isHoldlineError(error) && REFUSALS.includes(error.code))
      return { result: 'refused', reason, letter, retryAt: error.retryAt };
    const mayBeExecuted = letter.mayBeExecuted || (info?.mayBeExecuted ?? false);
    const newKey = info?.facts?.key ?? key;
    const again = { ...letter, reason, mayBeExecuted, replays: letter.replays + 1, key: newKey };
    return { result: 'failed', reason, letter: again };
  }

  /** One attempt by the function of the user. */
  async #sendByUser(whole: LetterToSend, call: Call, signal: AbortSignal): Promise<Outcome> {
    const send = this.#options.send as NonNullable<ReplayOptions['send']>;
    try {
      const response = await send({ ...whole, signal: call.cancellation?.signal ?? signal });
      const { status, headers } = response;
      return answered(response, { status, header: (name) => headers?.get(name) ?? undefined });
    } catch (thrown) {
      return failed(thrown, signal.aborted ? 'cancelled' : networkFailure(thrown));
    }
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const stopTimer = this.#clock.setTimer(ms, resolve);
      const stop = (): void => {
        stopTimer();
        resolve();
      };
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
  }

  #chooseClient(letter: DeadLetter, whole: LetterToSend): ClientChoice {
    return this.host.clients.choose(letter, whole, this.#options.client?.(letter));
  }

  /** Keeps a letter in our hands. Where somebody else may have it, ours stops. */
  #keepClaim(id: string, fence: number, controller: AbortController): () => void {
    const clock = this.#clock;
    let heldUntil = clock.now() + CLAIM_MS;
    let isOver = false;
    const renew = async (): Promise<void> => {
      let held = true;
      try {
        const asked = clock.now();
        held = await this.host.letters.renew(id, fence, CLAIM_MS);
        if (held) heldUntil = asked + CLAIM_MS;
      } catch {
        // The store is away; the claim holds for a while yet.
      }
      if (isOver) return;
      if (held && clock.now() + CLAIM_MS / 6 < heldUntil) stopTimer = clock.setTimer(CLAIM_MS / 6, () => void renew());
      else controller.abort(new Error('somebody else may have the letter'));
    };
    let stopTimer = clock.setTimer(CLAIM_MS / 6, () => void renew());
    return () => {
      isOver = true;
      stopTimer();
    };
  }
}

/** Whether sending it again has the effect of sending it once, although it may have been executed. */
function isRepeatable(
  { method, key }: DeadCall,
  { readOnly, keyed, idempotency }: LetterPolicies,
  now: number,
): boolean {
  if (IDEMPOTENT.has(method) || readOnly) return true;
  return keyed && idempotency !== false && key !== undefined && now - key.issuedAt <= idempotency.rotateAfterMs;
}

/** What the `verify` of the route says; undefined where it does not know. */
async function askVerify(call: ActiveCall, { retry }: LetterPolicies): Promise<boolean | undefined> {
  if (retry === false) return undefined;
  try {
    return await retry.verify?.(describeUncertainWrite(call));
  } catch {
    return undefined;
  }
}

/** A letter as a request of its own. */
function toRequest({ method, url, headers, body }: LetterToSend): CallRequest {
  return {
    method,
    url,
    headers: recordHeaders({ ...headers }),
    replayable: true,
    payload: () => body,
    send: () => Promise.resolve(failed(undefined, 'not-sent')),
  };
}
