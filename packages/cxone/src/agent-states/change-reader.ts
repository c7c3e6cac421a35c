import type { AgentStateChange } from './types.js';

type Result = IteratorResult<AgentStateChange>;

/** One async iterator over changes. It keeps one change per agent, so its memory is bounded by the number of agents. */
export class ChangeReader implements AsyncIterableIterator<AgentStateChange> {
  readonly #pending = new Map<number, AgentStateChange>();
  readonly #waiting: ((result: Result) => void)[] = [];
  readonly #onReturn: (reader: ChangeReader) => void;
  #isEnded = false;

  constructor(onReturn: (reader: ChangeReader) => void) {
    this.#onReturn = onReturn;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  push(change: AgentStateChange): void {
    const waiting = this.#waiting.shift();
    if (waiting) return waiting({ done: false, value: change });
    const earlier = this.#pending.get(change.agentId);
    this.#pending.set(change.agentId, earlier ? { ...change, previous: earlier.previous } : change);
  }

  next(): Promise<Result> {
    const [first] = this.#pending.values();
    if (first) {
      this.#pending.delete(first.agentId);
      return Promise.resolve({ done: false, value: first });
    }
    if (this.#isEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<Result> {
    this.#pending.clear();
    this.end();
    this.#onReturn(this);
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Ends the iterator. Pending changes can still be read. */
  end(): void {
    this.#isEnded = true;
    for (const resolve of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
  }
}
