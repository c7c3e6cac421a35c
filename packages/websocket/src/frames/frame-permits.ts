import { type Holdline, type PendingPermit, PRIORITIES, type Priority } from '@holdline/core';
import type { Frame } from './frame-queue.js';

/** A requested permit, with the weight and the tenant of the frame it was requested for. */
interface PermitRequest {
  readonly permit: PendingPermit;
  readonly weight: number;
  readonly tenant: string | undefined;
}

/** Receives the outcome of pending permits. */
export interface PermitListener {
  onGranted(): void;
  /** The line gives no permit: it is closed, or the weight of the frame exceeds a quota. */
  onRefused(priority: number, error: Error): void;
}

let socketCount = 0;

/** The permits of one socket. The oldest frame of each priority requests one. */
export class FramePermits {
  readonly #requests = new Map<number, PermitRequest>();
  readonly #permitUrl: string;

  constructor(
    private readonly line: Holdline,
    url: string,
    private readonly listener: PermitListener,
  ) {
    this.#permitUrl = `${url}#${++socketCount}`;
  }

  /**
   * Requests a permit, which may be pending.
   *
   * @throws HoldlineError if the line refuses the request.
   */
  requestPermit({ priority, tenant, weight }: Frame): PendingPermit {
    const permit = this.line.permit({
      method: 'SEND',
      url: this.#permitUrl,
      context: {
        priority: PRIORITIES[priority] as Priority,
        weight,
        ...(tenant === undefined ? {} : { tenant }),
      },
    });
    if (permit.isGranted) return permit;
    this.#requests.set(priority, { permit, weight, tenant });
    permit.granted.then(
      () => this.listener.onGranted(),
      (error: unknown) => {
        if (this.#requests.get(priority)?.permit !== permit) return;
        this.#requests.delete(priority);
        this.listener.onRefused(priority, error as Error);
      },
    );
    return permit;
  }

  /** Returns the pending permit for a frame with the same priority, weight and tenant. */
  findPending({ priority, weight, tenant }: Frame): PendingPermit | undefined {
    const request = this.#requests.get(priority);
    if (request && (request.weight !== weight || request.tenant !== tenant)) this.returnPermit(priority);
    return this.#requests.get(priority)?.permit;
  }

  /** Forgets a permit that is used. */
  markUsed(priority: number): void {
    this.#requests.delete(priority);
  }

  returnPermit(priority: number): void {
    const request = this.#requests.get(priority);
    this.#requests.delete(priority);
    request?.permit.giveBack();
  }

  /** Returns the permits that are granted but not used. */
  returnGrantedPermits(): void {
    for (const [priority, { permit }] of this.#requests) if (permit.isGranted) this.returnPermit(priority);
  }

  returnAllPermits(): void {
    for (const priority of this.#requests.keys()) this.returnPermit(priority);
  }
}
