import type { ActiveCall } from '../../call/call.js';
import { notSent } from '../../call/call.js';
import type { StepRecord } from '../../call/info.js';
import { askVerify, restoreAnswer } from '../../call/restore-answer.js';
import type { Call } from '../../contract/call.js';
import { OutcomeUnknownError, StepDoneError, StoreLostError } from '../../contract/errors.js';
import type {
  JournalEntry,
  StepHost,
  StepResult,
  StepRunner,
  StepRunnerFactory,
  TransactionStep,
} from '../../contract/journal.js';
import type { Outcome } from '../../contract/outcome.js';
import { AnswerKeeper } from './answers.js';

/**
 * For custom stores: the `steps` of their journal. They record what is known of each write of a transaction. A transaction that runs again
 * sends only the writes that are not known to be done.
 * @public
 */
export const transactionSteps: StepRunnerFactory = (host) => new TransactionSteps(host);

/** Thrown through the policies of a call whose step another process started meanwhile. */
const TAKEN = new Error('another process started this step');

/**
 * Runs the steps of transactions.
 *
 * | entry of the step | what happens |
 * |---|---|
 * | none, or no effect (refused, not sent, 4xx) | the step is sent |
 * | done, answer kept | the caller gets the kept answer |
 * | done, answer not kept | the caller gets the answer of `verify`; a keyed step is sent under its key; otherwise `StepDoneError` |
 * | started or unknown (also 5xx), repeatable | the step is sent under its key |
 * | started or unknown, not repeatable | sent after `verify` says no; otherwise its answer, or `OutcomeUnknownError` |
 */
class TransactionSteps implements StepRunner {
  readonly #host: StepHost;
  readonly #answers: AnswerKeeper;

  constructor(host: StepHost) {
    this.#host = host;
    this.#answers = new AnswerKeeper(host.journal, host.options.maxAnswerBytes);
  }

  async find(call: Call, name: string, isRepeatable: boolean): Promise<JournalEntry | undefined> {
    const { journal, events } = this.#host;
    try {
      return await journal.get(name);
    } catch (error) {
      events.storeFailed('journal.get', error);
      if (isRepeatable) return undefined;
      (call as ActiveCall).info.ensureFacts().isUncertain = true;
      const reason = 'the journal of the store cannot be read, and an earlier run may have executed the step';
      throw notSent(StoreLostError, call, reason, { cause: error });
    }
  }

  async recall(step: TransactionStep): Promise<Outcome | undefined> {
    const call = step.call as ActiveCall;
    const { state } = step.known as JournalEntry;
    if (state === 'done') return this.#recallDone(step, call);
    // A replay asks `verify` itself for a letter that may have been executed.
    if (call.replay?.isSettled || state === 'no effect') return undefined;
    const facts = call.info.ensureFacts();
    facts.isUncertain = true;
    if (step.isRepeatable) return undefined;
    const { executed, outcome } = await this.#verify(call);
    if (executed === false) {
      facts.isUncertain = false;
      return undefined;
    }
    if (executed === undefined) throw unknownError(call);
    facts.isExecuted = true;
    const at = this.#host.clock.wall();
    await this.#putDone(step, step.known as JournalEntry, await this.#describe(step.name, call, outcome), call);
    if (!outcome) throw this.#doneError(call, { status: undefined, at });
    this.#report(call, { status: outcome.status, at }, 'verify');
    return outcome;
  }

  async send(step: TransactionStep, entry: JournalEntry, next: () => Promise<Outcome>): Promise<Outcome | undefined> {
    const call = step.call as ActiveCall;
    const { info } = call;
    const record = new AttemptRecord(this.#host, step, entry);
    info.ensureFacts().record = record;
    let outcome: Outcome;
    try {
      outcome = await next();
    } catch (error) {
      if (error === TAKEN) return undefined;
      const { isExecuted } = info.ensureFacts();
      if (isExecuted) await this.#putDone(step, record.entry, { status: undefined, at: this.#host.clock.wall() }, call);
      else record.fail();
      throw error;
    }
    if (outcome.kind === 'ok') {
      // A deadline that ends now leaves no dead letter of an executed write.
      info.ensureFacts().isExecuted = true;
      await this.#putDone(step, record.entry, await this.#describe(step.name, call, outcome), call);
    } else record.fail();
    return outcome;
  }

  /** Returns the result of a step that is done. Undefined: the platform recognises the key, so the step may be sent again. */
  async #recallDone(step: TransactionStep, call: ActiveCall): Promise<Outcome | undefined> {
    const { done = { status: undefined, at: 0 } } = step.known as JournalEntry;
    const facts = call.info.ensureFacts();
    const kept = await this.#answers.restore(step.name, done);
    let outcome = kept && restoreAnswer(call, kept);
    const from = outcome ? 'journal' : 'verify';
    // The step is known to be executed, so only the answer of the hook counts.
    if (!outcome && !call.replay) ({ outcome } = await this.#verify(call));
    if (!outcome && step.isKeyed && !call.replay) return undefined;
    facts.isExecuted = true;
    // A letter of a step that is done has no further use, whether or not the answer is kept.
    if (call.replay) call.replay.isDone = true;
    if (!outcome) throw this.#doneError(call, done);
    this.#report(call, done, from);
    return outcome;
  }

  #verify(call: ActiveCall): ReturnType<typeof askVerify> {
    return call.whileWanted(askVerify(call, this.#host, this.#host.clock));
  }

  async #describe(name: string, call: ActiveCall, outcome: Outcome | undefined): Promise<StepResult> {
    const at = this.#host.clock.wall();
    const answer = outcome && (await this.#answers.keep(name, call, outcome));
    return { status: outcome?.status, at, answer };
  }

  /** Settles when the record is durable. The caller gets the answer although the store failed. */
  async #putDone(
    { name }: TransactionStep,
    entry: JournalEntry,
    done: StepResult,
    { info }: ActiveCall,
  ): Promise<void> {
    const { journal, events, options } = this.#host;
    const attempts = entry.attempts + info.attempts;
    try {
      await journal.put(name, { ...entry, attempts, state: 'done', done, keepMs: options.keepMs });
    } catch (error) {
      events.storeFailed('journal.put', error);
    }
  }

  #doneError(call: ActiveCall, done: StepResult): StepDoneError {
    this.#report(call, done, 'none');
    const { status, at } = done;
    const answer = status === undefined ? 'an unknown answer' : `status ${status}`;
    const message = `${call.route.name} was not sent: an earlier run executed the step at ${new Date(at).toISOString()} with ${answer}, which is not kept (idempotency.maxAnswerBytes)`;
    return new StepDoneError(message, { ...call.errorDetails(), status, doneAt: at });
  }

  #report(call: ActiveCall, { status, at: doneAt }: StepResult, answer: 'journal' | 'verify' | 'none'): void {
    const { events } = this.#host;
    if (!events.has('stepSkipped')) return;
    const { route, context } = call;
    events.emit('stepSkipped', { route: route.name, transaction: context?.transaction, status, doneAt, answer });
  }
}

/** Records the states of a step while its attempts leave and end. */
class AttemptRecord implements StepRecord {
  /** The entry without the attempts of this run. */
  readonly entry: JournalEntry;
  readonly #host: StepHost;
  readonly #step: TransactionStep;
  readonly #call: ActiveCall;
  /** The entry that the journal has now. */
  #stored: JournalEntry | undefined;
  #isStarted = false;

  constructor(host: StepHost, step: TransactionStep, entry: JournalEntry) {
    this.#host = host;
    this.#step = step;
    this.#call = step.call as ActiveCall;
    this.#stored = step.known;
    this.entry = { ...entry, done: undefined };
  }

  begin(): Promise<void> | undefined {
    if (this.#isStarted) return undefined;
    this.#isStarted = true;
    return this.#call.whileWanted(this.#put('started', this.#call.attempts === 0));
  }

  end(): void {
    // After a refusal the step waits, perhaps for minutes. A process that dies meanwhile has not executed it.
    if (this.#call.info.mayBeExecuted) return;
    this.#isStarted = false;
    void this.#put('no effect', false);
  }

  /** Records that the step ended without success. */
  fail(): void {
    if (this.#isStarted) void this.#put(this.#call.info.mayBeExecuted ? 'unknown' : 'no effect', false);
  }

  /**
   * @param isFirst - Whether another process may have started the step meanwhile.
   * @throws StoreLostError if the start of a step that is not repeatable cannot be recorded: after a crash, a second run would send it.
   */
  async #put(state: JournalEntry['state'], isFirst: boolean): Promise<void> {
    const { journal, events, options } = this.#host;
    const attempts = this.entry.attempts + this.#call.attempts;
    const changed: JournalEntry = { ...this.entry, attempts, state, keepMs: options.keepMs };
    const known = this.#stored;
    this.#stored = changed;
    try {
      if (!isFirst || !journal.replace) await journal.put(this.#step.name, changed);
      else if (!(await journal.replace(this.#step.name, known, changed))) throw TAKEN;
    } catch (error) {
      if (error === TAKEN) throw error;
      events.storeFailed('journal.put', error);
      if (state !== 'started' || this.#step.isRepeatable) return;
      const reason = 'the journal of the store cannot record that the step starts';
      throw notSent(StoreLostError, this.#call, reason, { cause: error });
    }
  }
}

function unknownError(call: ActiveCall): OutcomeUnknownError {
  const message = `${call.route.name} was started by an earlier run, and may or may not have been executed (retry.verify); nothing was sent`;
  return new OutcomeUnknownError(message, call.errorDetails());
}
