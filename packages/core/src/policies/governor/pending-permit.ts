import type { Call } from '../../call/call.js';
import type { CallRequest, HeaderAccess } from '../../contract/call.js';
import { Cancellation } from '../../contract/cancellation.js';
import type { CallContext } from '../../contract/context.js';
import { ClosedError } from '../../contract/errors.js';
import { Outcome } from '../../contract/outcome.js';
import { Passage } from '../../pipeline/execution.js';
import type { Governor } from './governor.js';
import type { Permit } from './permit.js';
import type { Waiter } from './queue/waiter.js';
import type { GovernedRoute } from './route.js';

/** What an adapter asks a permit for: something that leaves without being a call of its own. */
export interface PermitRequest {
  /** Any case. Its route is found by it, as that of a call. */
  readonly method: string;
  readonly url: string;
  readonly context?: CallContext | undefined;
}

const NO_HEADERS: HeaderAccess = { get: () => undefined, set: () => undefined };

/** The call a permit is for, as the governor sees it. */
export function permitCall(request: PermitRequest): CallRequest {
  const { method, url, context } = request;
  return {
    method,
    url,
    context,
    headers: NO_HEADERS,
    replayable: false,
    // It shows no credential, and is not signed with the line's.
    ownCredential: true,
    send: () => Promise.reject(new Error('a permit sends nothing')),
  };
}

const NO_ANSWER = new Outcome('ok', undefined, false, undefined, () => undefined, undefined, undefined);

/** A permit that was asked for: held, or still waited for. */
export class PendingPermit {
  /** Whether it is held: what it is for may leave now. */
  isGranted = false;
  /** Settles when it is held. Rejects with a `HoldlineError` where it will not be, or was given back before. */
  readonly granted: Promise<void>;
  readonly #route: GovernedRoute | undefined;
  #permit: Permit | undefined = undefined;
  #isOver = false;

  /** @throws HoldlineError where it may not even wait. */
  constructor(
    private readonly governor: Governor,
    private readonly call: Call,
  ) {
    const { governed, way } = call.route;
    this.#route = governed;
    call.cancellation = new Cancellation();
    const permit = governed && governor.acquire(new Passage(call, way), governed);
    if (permit instanceof Promise) {
      this.granted = permit.then((waiter) => this.#turn(waiter));
      // Whoever gives it back need not listen any more.
      this.granted.catch(() => undefined);
      return;
    }
    this.granted = HELD;
    this.#permit = permit;
    this.isGranted = true;
  }

  /** What it was for has left, and counts. */
  sent(): void {
    const permit = this.#finish();
    if (permit) this.governor.end(permit, this.call, NO_ANSWER, this.#route as GovernedRoute);
  }

  /** What it was for will not leave: the permit is free again, or waited for no more. */
  giveBack(): void {
    const permit = this.#finish();
    if (permit) this.governor.abandon(permit);
    else this.call.cancellation?.cancel(new ClosedError('the permit was given back'));
  }

  #finish(): Permit | undefined {
    const permit = this.#permit;
    this.#permit = undefined;
    this.#isOver = true;
    this.isGranted = false;
    return permit;
  }

  #turn({ permit, refusal }: Waiter): void {
    if (!permit) throw refusal;
    if (this.#isOver) {
      this.governor.abandon(permit);
      throw this.call.cancellation?.reason;
    }
    this.#permit = permit;
    this.isGranted = true;
  }
}

const HELD = Promise.resolve();
