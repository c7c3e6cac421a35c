import type { ActiveContext } from '../../call/active-context.js';
import { type Call, doubtOf } from '../../call/call.js';
import { signalCheck } from '../../call/context.js';
import { Replaying } from '../../call/replaying.js';
import { callable, number, oneOf, shape } from '../../contract/check.js';
import type { Clock } from '../../contract/clock.js';
import { PRIORITIES } from '../../contract/context.js';
import type {
  DeadCall,
  DeadLetter,
  LetterClaim,
  LetterPart,
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
import { shared } from '../../runtime/process-state.js';
import type { Choice } from './clients.js';
import type { Office } from './writer.js';

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
const MOST_TRIES = 3;
const FIRST_PAUSE_MS = 1_000;
/** What the line says when it lets nothing through now. */
const REFUSALS: readonly string[] = [
  'HOLDLINE_CIRCUIT_OPEN',
  'HOLDLINE_THROTTLED',
  'HOLDLINE_QUEUE_FULL',
  'HOLDLINE_STORE_LOST',
];

type Ended = {
  result: ReplayResult;
  reason?: string | undefined;
  letter?: DeadLetter | undefined;
  retryAt?: number | undefined;
};

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
    readonly office: Office,
    options: ReplayOptions,
  ) {
    this.#options = checkReplay(options);
    this.#clock = office.box.ports.clock;
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
        const page = await this.office.insist(() => this.office.letters.list(place, PAGE));
        for (const letter of page.letters) {
          if (where && !where(letter)) continue;
          while (running.size >= concurrency) await Promise.race(running);
          if (signal?.aborted || this.#isRefused) return;
          const one = this.#inChain(letter).finally(() => running.delete(one));
          running.add(one);
        }
        after = page.next;
      }
    } finally {
      await Promise.all(running);
    }
  }

  /** Letters of one transaction or socket go one after the other, and none before an earlier one that failed. */
  async #inChain(letter: DeadLetter): Promise<void> {
    const name =
      letter.kind === 'frame' ? JSON.stringify([letter.client, letter.url, letter.tenant]) : letter.transaction;
    if (name === undefined) {
      await this.#one(letter);
      return;
    }
    const before = this.#chains.get(name) ?? Promise.resolve(true);
    const own = before.then((succeeded) => {
      if (succeeded) return this.#one(letter);
      this.#tell(letter, { result: 'blocked' });
      return false;
    });
    this.#chains.set(name, own);
    await own;
  }

  /** Returns whether it is done with. */
  async #one({ id, ...known }: DeadLetter): Promise<boolean> {
    const { office } = this;
    let claim: LetterClaim | undefined;
    let ended: Ended;
    try {
      claim = await office.letters.claim(id, CLAIM_MS);
      ended = claim ? await this.#claimed(claim) : { result: 'taken' };
    } catch (error) {
      ended = { result: 'failed', reason: messageOf(error), letter: claim?.letter };
    }
    const { result, letter } = ended;
    this.#isRefused ||= result === 'refused';
    const isDone = result === 'replayed' || result === 'executed';
    if (claim) {
      const { fence } = claim;
      // Where it fails the claim runs out, and the letter counts as one that may have been sent.
      await office.insist(() => office.letters.settle(id, fence, isDone ? undefined : letter)).catch(() => undefined);
    }
    this.#tell({ id, ...known } as DeadLetter, ended);
    if (result === 'replayed' && claim) office.replayed(claim.letter);
    if (result === 'failed' && letter) office.returned(letter);
    if (result === 'no client' && letter) office.waits(letter, ended.reason);
    return isDone;
  }

  #tell({ id }: DeadLetter, { result, reason }: Ended): void {
    this.#report.push({ id, result, reason });
  }

  async #claimed(claim: LetterClaim): Promise<Ended> {
    const controller = new AbortController();
    this.#stops.add(controller);
    const stopHolding = this.#hold(claim.letter.id, claim.fence, controller);
    try {
      return await this.#held(claim, controller.signal);
    } finally {
      stopHolding();
      this.#stops.delete(controller);
    }
  }

  async #held({ letter: found, wasDropped }: LetterClaim, signal: AbortSignal): Promise<Ended> {
    const letter: DeadLetter = wasDropped ? { ...found, mayBeExecuted: true } : found;
    const given = await this.#options.complete?.(letter);
    const contents = await this.office.open(letter);
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
    return letter.kind === 'call' ? this.#call(letter, whole, signal) : this.#frame(letter, whole);
  }

  async #frame(letter: DeadLetter, whole: LetterToSend): Promise<Ended> {
    const choice = this.#choose(letter, whole);
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

  async #call(letter: DeadCall, whole: LetterToSend, signal: AbortSignal): Promise<Ended> {
    const { box } = this.office;
    const { send } = this.#options;
    const choice = send ? { sender: undefined } : this.#choose(letter, whole);
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
    const probe = box.line.call({ ...requestOf(whole), context });
    const doubt = letter.mayBeExecuted && !isRepeatable(letter, probe, this.#clock.wall());
    if (doubt) {
      const executed = await verdict(probe);
      if (executed === true) return { result: 'executed' };
      if (executed === undefined && !(await this.#options.confirm?.(letter))) return { result: 'doubtful', letter };
    }
    const again = { ...letter, mayBeExecuted: letter.mayBeExecuted && !doubt };
    for (let tries = 1; ; tries++) {
      const ended = await this.#try(again, whole, sender, context);
      if (ended.result !== 'refused' || tries === MOST_TRIES) return ended;
      const { retryAt = 0 } = ended;
      await this.#pause(Math.min(Math.max(retryAt - this.#clock.wall(), FIRST_PAUSE_MS), CLAIM_MS), signal);
    }
  }

  /** One call of a letter. */
  async #try(
    letter: DeadCall,
    whole: LetterToSend,
    sender: LetterSender | undefined,
    context: ActiveContext & { signal: AbortSignal },
  ): Promise<Ended> {
    const { box } = this.office;
    const { id, key } = letter;
    const { signal } = context;
    const replaying = new Replaying(id, key, !letter.mayBeExecuted);
    const error = await shared.context
      .run({ ...context, replay: replaying }, () =>
        sender
          ? sender.send(whole)
          : box.line.run({ ...requestOf(whole), send: (call) => this.#sendOwn(whole, call, signal) }),
      )
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    if (replaying.isDone) return { result: 'replayed' };
    const { call } = replaying;
    const reason = replaying.reason ?? (error === undefined ? 'it never came to the line' : messageOf(error));
    const hasLeft = call !== undefined && call.attempts > 0;
    if (!hasLeft && signal.aborted) return { result: 'stopped', letter };
    if (!hasLeft && isHoldlineError(error) && REFUSALS.includes(error.code))
      return { result: 'refused', reason, letter, retryAt: error.retryAt };
    const mayBeExecuted = letter.mayBeExecuted || (call?.info.mayBeExecuted ?? false);
    const newKey = call?.info.trace?.key ?? key;
    const again = { ...letter, reason, mayBeExecuted, replays: letter.replays + 1, key: newKey };
    return { result: 'failed', reason, letter: again };
  }

  /** One attempt by the function of the user. */
  async #sendOwn(whole: LetterToSend, call: Call, signal: AbortSignal): Promise<Outcome> {
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

  #choose(letter: DeadLetter, whole: LetterToSend): Choice {
    return this.office.clients.choose(letter, whole, this.#options.client?.(letter));
  }

  /** Keeps a letter in our hands. Where somebody else may have it, ours stops. */
  #hold(id: string, fence: number, controller: AbortController): () => void {
    const clock = this.#clock;
    let heldUntil = clock.now() + CLAIM_MS;
    let isOver = false;
    const renew = async (): Promise<void> => {
      let held = true;
      try {
        const asked = clock.now();
        held = await this.office.letters.renew(id, fence, CLAIM_MS);
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
function isRepeatable({ method, key }: DeadCall, { route }: Call, now: number): boolean {
  const { readOnly, keyed, idempotency } = route.policies;
  if (IDEMPOTENT.has(method) || readOnly) return true;
  return keyed && idempotency !== false && key !== undefined && now - key.issuedAt <= idempotency.rotateAfterMs;
}

/** What the `verify` of the route says; undefined where it does not know. */
async function verdict(call: Call): Promise<boolean | undefined> {
  const { retry } = call.route.policies;
  if (retry === false) return undefined;
  try {
    return await retry.verify?.(doubtOf(call));
  } catch {
    return undefined;
  }
}

/** A letter as a request of its own. */
function requestOf({ method, url, headers: given, body }: LetterToSend): Parameters<Office['box']['line']['run']>[0] {
  const headers = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    method,
    url,
    headers: {
      get: (name) => headers.get(name.toLowerCase()),
      set: (name, value) => void headers.set(name.toLowerCase(), value),
    },
    replayable: true,
    payload: () => body,
    send: () => Promise.resolve(failed(undefined, 'not-sent')),
  };
}
