// The account of the soak: how each call ended, for its caller and on the platform.

/**
 * Errors without a letter although the platform may have executed the write: its 500 is an answer, the head of an answer arrived and its
 * body failed in the hands of a caller of fetch, or a step says that it is done.
 */
const MAY_BE_EXECUTED = ['status 500', 'BodyError', 'StepDoneError'];

/** Every call of the soak by its id, with its one end. A call that a restarted process makes again has the end of its last run. */
export class Account {
  /** By id: kind, state (`open`, `answer`, `error`, `letter` or `killed`), and more. */
  calls = new Map();
  errors = {};
  events = {};
  /** Reasons of letters that a line could not keep. */
  lost = {};
  /** Letters that killed processes had not stored yet, at most. */
  unstored = 0;

  start(id, kind, life) {
    this.calls.set(id, { kind, life, state: 'open', isGivenUp: false });
  }

  giveUp(id) {
    const call = this.calls.get(id);
    if (call) call.isGivenUp = true;
  }

  end(id, end) {
    const call = this.calls.get(id);
    call.error = end;
    call.state = end === 'answer' ? 'answer' : call.isGivenUp ? 'letter' : 'error';
    if (end !== 'answer') this.errors[end] = (this.errors[end] ?? 0) + 1;
  }

  letter({ state, reason, message }) {
    this.events[state] = (this.events[state] ?? 0) + 1;
    if (state === 'lost') this.lost[`${reason}: ${message}`] = (this.lost[`${reason}: ${message}`] ?? 0) + 1;
  }

  /** The process of a life was killed. Its open calls have no end. */
  kill(life, unstored) {
    life.isKilled = true;
    this.unstored += unstored;
    for (const call of this.calls.values()) if (call.life === life && call.state === 'open') call.state = 'killed';
  }

  /** The result of a replay for the letter of a call. */
  replayed(id, result) {
    const call = this.calls.get(id);
    if (call) call.result = result;
  }

  /**
   * Writes of transactions that ended with an error although they were executed, and that have no letter: the caller stopped waiting
   * while the journal recorded the answer. The journal knows them, so the application makes them again and gets that answer.
   */
  known(executions) {
    return [...this.calls]
      .filter(([id, { kind, state, error }]) => {
        const isStep = kind === 'keyed' || kind.endsWith('step');
        return isStep && state === 'error' && !MAY_BE_EXECUTED.includes(error) && executions(id) > 0;
      })
      .map(([id, { kind, life }]) => ({
        member: life.member,
        ...(kind === 'keyed' ? { kind, id } : { kind: 'transaction', id: id.slice(0, id.lastIndexOf('.')) }),
      }));
  }

  count(state) {
    return [...this.calls.values()].filter((call) => call.state === state).length;
  }

  countResults() {
    const counts = {};
    for (const { result } of this.calls.values()) if (result) counts[result] = (counts[result] ?? 0) + 1;
    return counts;
  }

  /** What is wrong, compared with the number of executions of each write on the platform. */
  violations(executions) {
    const broken = [];
    const check = (isTrue, text) => void (isTrue || broken.push(text));
    for (const [why, n] of Object.entries(this.lost)) broken.push(`${n} letters lost: ${why}`);
    const missing = [];
    for (const [id, { kind, state, error, result, life }] of this.calls) {
      check(state !== 'open', `${id} has no end`);
      if (kind === 'read') continue;
      const times = executions(id);
      check(times <= 1, `${id} was executed ${times} times`);
      if (state === 'answer') check(times === 1, `${id} was answered, and executed ${times} times`);
      if (state === 'error' && !MAY_BE_EXECUTED.includes(error))
        check(times === 0, `${id} (${kind}) ended with ${error}, was executed, and has no dead letter`);
      if (state !== 'letter') continue;
      if (result === 'replayed' || result === 'doubtful')
        check(times === 1, `the letter of ${id} is ${result}, and the call was executed ${times} times`);
      else if (life.isKilled) missing.push(id);
      else broken.push(`the letter of ${id} (${error}) was not replayed: ${result ?? 'it does not exist'}`);
    }
    check(
      missing.length <= this.unstored,
      `${missing.length} letters of killed processes are missing, and at most ${this.unstored} were not stored yet: ${missing}`,
    );
    this.missing = missing.length;
    return broken;
  }
}
