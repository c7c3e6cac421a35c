import type { EventName, Holdline, HoldlineEvents, Snapshot, Undo } from '@holdline/core';
import type { Watchable } from '@holdline/monitor';

/** Watches a line without keeping it alive. After the end of the line, its last known state remains. */
export class WeakLine implements Watchable {
  readonly #line: WeakRef<Holdline>;
  #last: Snapshot;

  constructor(line: Holdline) {
    this.#line = new WeakRef(line);
    this.#last = line.snapshot();
  }

  get isGone(): boolean {
    return this.#line.deref() === undefined;
  }

  on<E extends EventName>(event: E, listener: (payload: HoldlineEvents[E]) => void): Undo {
    return this.#line.deref()?.on(event, listener) ?? (() => undefined);
  }

  snapshot(): Snapshot {
    const line = this.#line.deref();
    if (line) this.#last = line.snapshot();
    // A line that nobody can reach has no calls.
    else this.#last = { ...this.#last, calls: 0, queued: 0, inFlight: 0 };
    return this.#last;
  }
}
