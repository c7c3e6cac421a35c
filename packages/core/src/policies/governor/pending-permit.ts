import type { ActiveCall } from '../../call/call.js';
import type { CallRequest, HeaderAccess } from '../../contract/call.js';
import { Cancellation } from '../../contract/cancellation.js';
import type { CallContext } from '../../contract/context.js';
import { ClosedError, isHoldlineError } from '../../contract/errors.js';
import { Outcome } from '../../contract/outcome.js';
import { Execution, type Pipeline } from '../../pipeline/execution.js';
import type { Governor } from './governor.js';
import { type Permit, permitOf } from './permit.js';
import type { Lane } from './queue/lane.js';
import type { Waiter } from './queue/waiter.js';
import type { GovernedRoute } from './route.js';

/**
 * What an adapter requests a permit for: something that it sends itself, without a call of the line.
 * @public
 */
export interface PermitRequest {
  /** HTTP method in any case. Method and `url` select the route, as for a call. */
  readonly method: string;
  readonly url: string;
  readonly context?: CallContext | undefined;
}

const NO_HEADERS: HeaderAccess = { get: () => undefined, set: () => undefined };

/** Creates the request that stands for the permit in the governor. */
export function permitCall(request: PermitRequest): CallRequest {
  const { method, url, context } = request;
  return {
    method,
    url,
    context,
    headers: NO_HEADERS,
    replayable: false,
    // The line does not sign the request, and its headers name no credential.
    ownCredential: true,
    send: () => Promise.reject(new Error('a permit sends nothing')),
  };
}

/** A permit runs no policies: the adapter sends the request itself. */
export const EMPTY_PIPELINE: Pipeline = { steps: [], nexts: [], inner: (call) => call.request.send(call) };

export const GRANTED = Promise.resolve();

export const NO_ANSWER = new Outcome('ok', undefined, false, undefined, () => undefined, undefined, undefined);

/**
 * A requested permit: granted, or still in the queue.
 * @public
 */
export interface PendingPermit {
  /** Whether the permit is granted, and not used or given back yet. The adapter may send now. */
  readonly isGranted: boolean;
  /** Resolves when the permit is granted. Rejects with a `HoldlineError` if it is refused, or given back before. */
  readonly granted: Promise<void>;
  /** Reports that the adapter has sent the request: the permit counts as used. */
  sent(): void;
  /** Reports that the adapter will not send: a granted permit is free again, and a waiting one leaves the queue. */
  giveBack(): void;
}

/** A permit that the governor grants. */
export class RequestedPermit implements PendingPermit {
  isGranted = false;
  readonly granted: Promise<void>;
  readonly #route: GovernedRoute | undefined;
  #permit: Permit | undefined;
  #isOver = false;

  /** @throws HoldlineError if the permit may not wait in the queue. */
  constructor(
    private readonly governor: Governor,
    private readonly call: ActiveCall,
    route: GovernedRoute | undefined,
  ) {
    this.#route = route;
    call.cancellation = new Cancellation();
    let permit;
    try {
      permit = route && governor.acquire(new Execution(call, EMPTY_PIPELINE), route);
    } catch (error) {
      throw this.#reportRefusal(error);
    }
    if (permit instanceof Promise) {
      this.granted = permit.then((waiter) => this.#takePermit(waiter));
      // An adapter that gives the permit back need not handle the rejection.
      this.granted.catch(() => undefined);
      return;
    }
    this.granted = GRANTED;
    this.#permit = permit;
    this.isGranted = true;
  }

  sent(): void {
    const permit = this.#finish();
    if (permit) this.governor.end(permit, this.call, NO_ANSWER, this.#route as GovernedRoute);
  }

  giveBack(): void {
    const permit = this.#finish();
    if (permit) this.governor.abandon(permit);
    else
      this.call.cancellation?.cancel(
        new ClosedError(`${this.call.route.name} was not sent: the adapter gave its permit back`),
      );
  }

  #reportRefusal(error: unknown): unknown {
    if (isHoldlineError(error) && !this.#isOver) this.governor.events.refused(this.call, error);
    return error;
  }

  #finish(): Permit | undefined {
    const permit = this.#permit;
    this.#permit = undefined;
    this.#isOver = true;
    this.isGranted = false;
    return permit;
  }

  #takePermit(waiter: Waiter<Lane>): void {
    const permit = permitOf(waiter);
    if (!permit) throw this.#reportRefusal(waiter.refusal);
    if (this.#isOver) {
      this.governor.abandon(permit);
      throw this.call.cancellation?.reason;
    }
    this.#permit = permit;
    this.isGranted = true;
  }
}
