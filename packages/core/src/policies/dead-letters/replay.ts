import type { ActiveContext } from '../../call/active-context.js';
import type { ActiveCall } from '../../call/call.js';
import { signalCheck } from '../../call/context.js';
import { askVerify } from '../../call/restore-answer.js';
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

/** Checks {@link ReplayOptions}. The check is created on use, so that a bundle without dead letters does not contain it. */
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

/** Time in ms after which an unrenewed claim expires. */
const CLAIM_MS = 60_000;
const PAGE = 100;
/** Maximum number of tries for a letter that the line refuses, and the shortest pause between them. */
const MAX_TRIES = 3;
const FIRST_PAUSE_MS = 1_000;
/** Codes of errors with which a line refuses a call for the moment. */
const REFUSAL_CODES: readonly string[] = [
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

/** The decrypted parts of a letter. */
export interface LetterContents {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | (Uint8Array & { readonly buffer: ArrayBuffer }) | undefined;
}

/** What a replay needs of the writer. */
export interface ReplayHost {
  readonly line: LetterLine;
  readonly letters: DeadLetters;
  readonly clients: LetterClients;
  /** Decrypts a letter. Undefined: no key decrypts it. */
  decrypt(letter: DeadLetter): Promise<LetterContents | undefined>;
  /** Repeats work on the store after temporary failures. */
  retryOnStoreFailure<T>(work: () => Promise<T>): Promise<T>;
  /** Reports a letter that was replayed. */
  reportReplayed(letter: DeadLetter): void;
  /** Reports a letter that failed again. */
  reportReturned(letter: DeadLetter): void;
  /** Reports a letter that no client may send. */
  reportWaiting(letter: DeadLetter, why: string | undefined): void;
}

/** One replay of the letters of a store. */
export class Replay {
  readonly #options: ReplayOptions;
  readonly #report: ReplayReport['letters'][number][] = [];
  readonly #clock: Clock;
  /** By transaction or socket: whether the last letter succeeded. */
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
        const cursor: string = after;
        const page = await this.host.retryOnStoreFailure(() => this.host.letters.list(cursor, PAGE));
        for (const letter of page.letters) {
          if (where && !where(letter)) continue;
          while (running.size >= concurrency) await Promise.race(running);
          if (signal?.aborted || this.#isRefused) return;
          const replay = this.#replayInOrder(letter).finally(() => running.delete(replay));
          running.add(replay);
        }
        after = page.next;
      }
    } finally {
      await Promise.all(running);
    }
  }

  /** Replays the letters of one transaction or socket one after the other. A failed letter blocks the later ones. */
  async #replayInOrder(letter: DeadLetter): Promise<void> {
    const name =
      letter.kind === 'frame' ? JSON.stringify([letter.client, letter.url, letter.tenant]) : letter.transaction;
    if (name === undefined) {
      await this.#replayLetter(letter);
      return;
    }
    const previous = this.#chains.get(name) ?? Promise.resolve(true);
    const current = previous.then((succeeded) => {
      if (succeeded) return this.#replayLetter(letter);
      this.#addResult(letter, { result: 'blocked' });
      return false;
    });
    this.#chains.set(name, current);
    await current;
  }

  /** Claims and replays one letter. Returns whether the letter is done and deleted. */
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
      // If this fails, the claim expires, and the letter counts as one that may have been sent.
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
    const stopRenewing = this.#keepClaim(claim.letter.id, claim.fence, controller);
    try {
      return await this.#completeLetter(claim, controller.signal);
    } finally {
      stopRenewing();
      this.#stops.delete(controller);
    }
  }

  async #completeLetter({ letter: found, wasDropped }: LetterClaim, signal: AbortSignal): Promise<ReplayOutcome> {
    const letter: DeadLetter = wasDropped ? { ...found, mayBeExecuted: true } : found;
    const given = await this.#options.complete?.(letter);
    const contents = await this.host.decrypt(letter);
    const lacking: LetterPart[] = letter.missing.filter(
      (part) => given?.[part === 'query' ? 'url' : part] === undefined,
    );
    if (lacking.length > 0) return { result: 'incomplete', reason: lacking.join(', '), letter };
    if (!contents) return { result: 'incomplete', reason: 'no key decrypts it', letter };
    const request: LetterToSend = {
      kind: letter.kind,
      method: letter.kind === 'call' ? letter.method : 'SEND',
      url: given?.url ?? contents.url,
      headers: { ...contents.headers, ...given?.headers },
      body: given?.body ?? contents.body,
    };
    return letter.kind === 'call' ? this.#replayCall(letter, request, signal) : this.#replayFrame(letter, request);
  }

  async #replayFrame(letter: DeadLetter, request: LetterToSend): Promise<ReplayOutcome> {
    const choice = this.#chooseClient(letter, request);
    if ('waitsFor' in choice) return { result: 'no client', reason: choice.waitsFor, letter };
    const { sender } = choice;
    if (letter.mayBeExecuted && !(await this.#options.confirm?.(letter))) return { result: 'doubtful', letter };
    try {
      await sender.send(request);
      return { result: 'replayed' };
    } catch (error) {
      const reason = messageOf(error);
      return { result: 'failed', reason, letter: { ...letter, reason, replays: letter.replays + 1 } };
    }
  }

  async #replayCall(letter: DeadCall, request: LetterToSend, signal: AbortSignal): Promise<ReplayOutcome> {
    const { line } = this.host;
    const { send } = this.#options;
    const choice = send ? { sender: undefined, owner: undefined } : this.#chooseClient(letter, request);
    if ('waitsFor' in choice) return { result: 'no client', reason: choice.waitsFor, letter };
    const { sender, owner } = choice;
    const { id, tenant, transaction, weight } = letter;
    const context = {
      priority: this.#options.priority ?? 'background',
      weight,
      signal,
      ...(tenant !== undefined && { tenant }),
      // A letter without a key failed before it got one. As its own step it is not mistaken for another call.
      ...(transaction !== undefined && { transaction, step: `letter ${id}` }),
    };
    const probe = line.call({ ...toCallRequest(request), owner, context }) as ActiveCall;
    const policies = line.policiesOf(probe);
    const isUncertain = letter.mayBeExecuted && !isRepeatable(letter, policies, this.#clock.wall());
    if (isUncertain) {
      const { retry } = policies;
      const { executed } = retry ? await askVerify(probe, retry, this.#clock) : { executed: undefined };
      if (executed === true) return { result: 'executed' };
      if (executed === undefined && !(await this.#options.confirm?.(letter))) return { result: 'doubtful', letter };
    }
    const confirmed = { ...letter, mayBeExecuted: letter.mayBeExecuted && !isUncertain };
    for (let tries = 1; ; tries++) {
      const ended = await this.#sendCall(confirmed, letter.mayBeExecuted, request, sender, context);
      if (ended.result !== 'refused' || tries === MAX_TRIES) return ended;
      const { retryAt = 0 } = ended;
      await this.#pause(Math.min(Math.max(retryAt - this.#clock.wall(), FIRST_PAUSE_MS), CLAIM_MS), signal);
    }
  }

  /**
   * Sends a letter once, as a call of the line.
   *
   * @param isSettled - Whether the replay has checked that sending the letter is safe, although it may have been executed.
   */
  async #sendCall(
    letter: DeadCall,
    isSettled: boolean,
    request: LetterToSend,
    sender: LetterSender | undefined,
    context: ActiveContext & { signal: AbortSignal },
  ): Promise<ReplayOutcome> {
    const { line } = this.host;
    const { id, key } = letter;
    const { signal } = context;
    const replaying = new Replaying(id, key, !letter.mayBeExecuted, isSettled);
    const error = await activeContext
      .run({ ...context, replay: replaying }, () =>
        sender
          ? sender.send(request)
          : line.run({ ...toCallRequest(request), send: (call) => this.#sendByUser(request, call, signal) }),
      )
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    if (replaying.isDone) return { result: 'replayed' };
    const { info } = replaying;
    const reason =
      replaying.reason ?? (error === undefined ? 'the client did not send it through the line' : messageOf(error));
    const isSent = info !== undefined && info.attempts > 0;
    if (!isSent && signal.aborted) return { result: 'stopped', letter };
    if (!isSent && isHoldlineError(error) && REFUSAL_CODES.includes(error.code))
      return { result: 'refused', reason, letter, retryAt: error.retryAt };
    const mayBeExecuted = letter.mayBeExecuted || (info?.mayBeExecuted ?? false);
    const newKey = info?.facts?.key ?? key;
    const returned = { ...letter, reason, mayBeExecuted, replays: letter.replays + 1, key: newKey };
    return { result: 'failed', reason, letter: returned };
  }

  /** Makes one attempt with the user's `send` function. */
  async #sendByUser(request: LetterToSend, call: Call, signal: AbortSignal): Promise<Outcome> {
    const send = this.#options.send as NonNullable<ReplayOptions['send']>;
    try {
      const response = await send({ ...request, signal: call.cancellation?.signal ?? signal });
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

  #chooseClient(letter: DeadLetter, request: LetterToSend): ClientChoice {
    return this.host.clients.choose(letter, request, this.#options.client?.(letter));
  }

  /** Renews the claim of a letter. If another process may have the letter, the replay of the letter is aborted. */
  #keepClaim(id: string, fence: number, controller: AbortController): () => void {
    const clock = this.#clock;
    let claimedUntil = clock.now() + CLAIM_MS;
    let isStopped = false;
    const renew = async (): Promise<void> => {
      let isRenewed = true;
      try {
        const now = clock.now();
        isRenewed = await this.host.letters.renew(id, fence, CLAIM_MS);
        if (isRenewed) claimedUntil = now + CLAIM_MS;
      } catch {
        // The store is unavailable. The claim is still valid for a while.
      }
      if (isStopped) return;
      if (isRenewed && clock.now() + CLAIM_MS / 6 < claimedUntil)
        stopTimer = clock.setTimer(CLAIM_MS / 6, () => void renew());
      else controller.abort(new Error('another process may have the letter'));
    };
    let stopTimer = clock.setTimer(CLAIM_MS / 6, () => void renew());
    return () => {
      isStopped = true;
      stopTimer();
    };
  }
}

/** Whether a second execution of the call has no further effect. */
function isRepeatable(
  { method, key, repeatable }: DeadCall,
  { readOnly, keyed, idempotency }: LetterPolicies,
  now: number,
): boolean {
  if (readOnly || (repeatable ?? IDEMPOTENT.has(method))) return true;
  return keyed && idempotency !== false && key !== undefined && now - key.issuedAt <= idempotency.rotateAfterMs;
}

/** Makes a request for the line from a letter. */
function toCallRequest({ method, url, headers, body }: LetterToSend): CallRequest {
  return {
    method,
    url,
    headers: recordHeaders({ ...headers }),
    replayable: true,
    payload: () => body,
    send: () => Promise.resolve(failed(undefined, 'not-sent')),
  };
}
