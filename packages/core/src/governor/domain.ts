import type { Lane } from './lane.js';
import { WaitQueue, type Waiter, type WaitHost } from './queue.js';
import type { Scope } from './scope.js';

/** All that one credential sends: its own scope, the lanes below it and the one queue they share. */
export class Domain {
  readonly lanes = new Map<string, Lane>();
  readonly queue: WaitQueue;
  /** Scopes of routes whose gate is not open. */
  readonly gated = new Set<Scope>();
  /** The call at the head for which the credential's scope was looked at last, and is to be again when it leaves. */
  lookedAt: Waiter | undefined = undefined;

  constructor(
    readonly credential: string,
    readonly root: Scope,
    readonly host: WaitHost,
    shares: Readonly<Record<string, number>>,
    agingMs: number,
  ) {
    this.queue = new WaitQueue(shares, agingMs);
  }
}
