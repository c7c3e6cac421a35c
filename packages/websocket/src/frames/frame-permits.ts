import { type Holdline, type PendingPermit, PRIORITIES, type Priority } from '@holdline/core';
import type { Frame } from './frame-queue.js';

/** A permit that was asked for, and the frame at the head when it was. */
interface PermitRequest {
  readonly permit: PendingPermit;
  readonly weight: number;
  readonly tenant: string | undefined;
}

/** Told what becomes of permits that are waited for. */
export interface PermitListener {
  onGranted(): void;
  /** The line will give none: it is closed, or this weight never fits. */
  onRefused(priority: number, error: Error): void;
}

let socketCount = 0;

/** The permits of one socket: of each priority the first frame asks for one. */
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
   * Asks for one, which may have to be waited for.
   * @throws HoldlineError where it may not even wait.
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

  /** The one that was asked for a frame like this. */
  findPending({ priority, weight, tenant }: Frame): PendingPermit | undefined {
    const asked = this.#requests.get(priority);
    if (asked && (asked.weight !== weight || asked.tenant !== tenant)) this.returnPermit(priority);
    return this.#requests.get(priority)?.permit;
  }

  /** It is used. */
  markUsed(priority: number): void {
    this.#requests.delete(priority);
  }

  returnPermit(priority: number): void {
    const asked = this.#requests.get(priority);
    this.#requests.delete(priority);
    asked?.permit.giveBack();
  }

  /** Those that could be used now. */
  returnGrantedPermits(): void {
    for (const [priority, { permit }] of this.#requests) if (permit.isGranted) this.returnPermit(priority);
  }

  returnAllPermits(): void {
    for (const priority of this.#requests.keys()) this.returnPermit(priority);
  }
}
