import { PRIORITIES, type Holdline, type PendingPermit, type Priority } from '@holdline/core';
import type { Frame } from './queue.js';

/** A permit that was asked for, and the frame at the head when it was. */
interface Asked {
  readonly permit: PendingPermit;
  readonly weight: number;
  readonly tenant: string | undefined;
}

/** Told what becomes of permits that are waited for. */
export interface PermitListener {
  granted(): void;
  /** The line will give none: it is closed, or this weight never fits. */
  refused(priority: number, error: Error): void;
}

let sockets = 0;

/** The permits of one socket: of each priority the first frame asks for one. */
export class Permits {
  readonly #asked = new Map<number, Asked>();
  readonly #subject: string;

  constructor(
    private readonly line: Holdline,
    url: string,
    private readonly listener: PermitListener,
  ) {
    this.#subject = `${url}#${++sockets}`;
  }

  /**
   * Asks for one, which may have to be waited for.
   * @throws HoldlineError where it may not even wait.
   */
  ask({ priority, tenant, weight }: Frame): PendingPermit {
    const permit = this.line.permit({
      method: 'SEND',
      url: this.#subject,
      context: {
        priority: PRIORITIES[priority] as Priority,
        weight,
        ...(tenant === undefined ? {} : { tenant }),
      },
    });
    if (permit.isGranted) return permit;
    this.#asked.set(priority, { permit, weight, tenant });
    permit.granted.then(
      () => this.listener.granted(),
      (error: unknown) => {
        if (this.#asked.get(priority)?.permit !== permit) return;
        this.#asked.delete(priority);
        this.listener.refused(priority, error as Error);
      },
    );
    return permit;
  }

  /** The one that was asked for a frame like this. */
  of({ priority, weight, tenant }: Frame): PendingPermit | undefined {
    const asked = this.#asked.get(priority);
    if (asked && (asked.weight !== weight || asked.tenant !== tenant)) this.giveBack(priority);
    return this.#asked.get(priority)?.permit;
  }

  /** It is used. */
  take(priority: number): void {
    this.#asked.delete(priority);
  }

  giveBack(priority: number): void {
    const asked = this.#asked.get(priority);
    this.#asked.delete(priority);
    asked?.permit.giveBack();
  }

  /** Those that could be used now. */
  giveBackGranted(): void {
    for (const [priority, { permit }] of this.#asked) if (permit.isGranted) this.giveBack(priority);
  }

  giveBackAll(): void {
    for (const priority of this.#asked.keys()) this.giveBack(priority);
  }
}
