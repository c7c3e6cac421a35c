import type { Call, QueuedCall } from '../../call/call.js';
import type { Clock, Undo } from '../../contract/clock.js';
import type { GovernorEngine } from '../../contract/engines.js';
import { EngineError, type HoldlineError, isHoldlineError, messageOf } from '../../contract/errors.js';
import type { Events } from '../../runtime/events.js';

/** The calls that wait for an engine. It cannot be asked to forget one, so each is listened to here. */
export class EngineQueue {
  readonly #waiting = new Set<QueuedCall>();

  constructor(
    readonly clock: Clock,
    readonly events: Events,
  ) {}

  get size(): number {
    return this.#waiting.size;
  }

  /** Those of a route. */
  of(route: string): QueuedCall[] {
    return [...this.#waiting].filter(({ call }) => call.route.name === route);
  }

  /** Waits for a slot, as long as the call is wanted. One that comes later goes back at once. */
  acquire(engine: GovernorEngine, call: Call): Promise<Undo> {
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
      ask(engine, call).then(
        (release) => {
          const slot = this.#guarded(engine, release);
          if (leave()) resolve(slot);
          else slot();
        },
        (error: unknown) => {
          if (leave()) reject(this.#refusal(engine, call, error));
        },
      );
    });
  }

  /** Refuses a call, and tells of it. */
  refused(call: Call, error: HoldlineError): HoldlineError {
    if (this.events.has('refused'))
      this.events.emit('refused', { route: call.route.name, code: error.code, retryAt: error.retryAt });
    return error;
  }

  #refusal({ name }: GovernorEngine, call: Call, error: unknown): HoldlineError {
    if (isHoldlineError(error)) return this.refused(call, error);
    this.#tell(name, error);
    const { route, attempts, waitedMs } = call.info;
    const details = { route, attempts, waitedMs, cause: error };
    return this.refused(call, new EngineError(`${name} gave no slot: ${messageOf(error)}`, details));
  }

  /** The attempt has ended whatever the engine thinks of it. */
  #guarded({ name }: GovernorEngine, release: Undo): Undo {
    return () => {
      try {
        release();
      } catch (error) {
        this.#tell(name, error);
      }
    };
  }

  #tell(engine: string, error: unknown): void {
    if (this.events.has('engineFailed')) this.events.emit('engineFailed', { engine, message: messageOf(error) });
  }
}

/** What an engine throws at once is a rejection too. */
async function ask(engine: GovernorEngine, call: Call): Promise<Undo> {
  return engine.acquire(call);
}
