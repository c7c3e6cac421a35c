import { type ActiveCall, notSent, type QueuedCall } from '../../call/call.js';
import type { Clock, Undo } from '../../contract/clock.js';
import type { GovernorEngine } from '../../contract/engines.js';
import { EngineError, isHoldlineError, messageOf } from '../../contract/errors.js';
import type { Events } from '../../runtime/events.js';

/** The calls that wait for a slot of an engine. An engine cannot drop a request, so cancellation and closing are handled here. */
export class EngineQueue {
  readonly #waiting = new Set<QueuedCall>();

  constructor(
    readonly clock: Clock,
    readonly events: Events,
  ) {}

  get size(): number {
    return this.#waiting.size;
  }

  /** Waiting calls of a route. */
  listCalls(route: string): QueuedCall[] {
    return [...this.#waiting].filter(({ call }) => call.route.name === route);
  }

  /** Waits for a slot until the call is cancelled. A slot that comes later is released at once. */
  acquire(engine: GovernorEngine, call: ActiveCall): Promise<Undo> {
    return new Promise((resolve, reject) => {
      call.check();
      const since = this.clock.now();
      const leave = (): boolean => {
        if (!this.#waiting.delete(queued)) return false;
        stopListening();
        const waited = this.clock.now() - since;
        call.info.waitedMs += waited;
        call.info.queuedMs += waited;
        return true;
      };
      const queued: QueuedCall = { call, reject: (error) => void (leave() && reject(error as Error)) };
      this.#waiting.add(queued);
      const stopListening = call.onGone((reason) => queued.reject(reason));
      askEngine(engine, call).then(
        (release) => {
          const slot = this.#guardRelease(engine, release);
          if (leave()) resolve(slot);
          else slot();
        },
        (error: unknown) => {
          if (leave()) reject(this.#refuse(engine, call, error));
        },
      );
    });
  }

  /** Reports the refusal of an engine, and returns the error of the call. */
  #refuse({ name }: GovernorEngine, call: ActiveCall, cause: unknown): Error {
    let error = cause;
    if (!isHoldlineError(error)) {
      this.#reportFailure(name, cause);
      error = notSent(EngineError, call, `${name} gave no slot (governor.engine): ${messageOf(cause)}`, { cause });
    }
    return error as EngineError;
  }

  /** Reports an error of `release` instead of throwing it: the attempt has ended. */
  #guardRelease({ name }: GovernorEngine, release: Undo): Undo {
    return () => {
      try {
        release();
      } catch (error) {
        this.#reportFailure(name, error);
      }
    };
  }

  #reportFailure(engine: string, error: unknown): void {
    if (this.events.has('engineFailed')) this.events.emit('engineFailed', { engine, message: messageOf(error) });
  }
}

/** Asks for a slot. A synchronous throw of the engine becomes a rejection. */
async function askEngine(engine: GovernorEngine, call: ActiveCall): Promise<Undo> {
  return engine.acquire(call);
}
