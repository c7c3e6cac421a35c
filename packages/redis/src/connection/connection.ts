/**
 * One connection that the store opens for itself. It never reconnects: when it breaks, the owner opens another one. A command that
 * cannot be sent at once is refused.
 */
export interface Connection {
  /** Settles when the connection accepts commands. Rejects with the error that prevented it. */
  readonly opened: Promise<void>;
  evalSha(sha: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  eval(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  /** Settles when the subscription to the channels is active. */
  subscribe(channels: readonly string[], listener: (channel: string, message: string) => void): Promise<unknown>;
  close(): void;
}

/** Called once when a connection is closed, before or after it was open. */
export type OnClosed = (error: unknown) => void;

/** Tracks whether a connection is open, and reports its end once. */
export class ConnectionLifecycle {
  readonly opened: Promise<void>;
  #isOpen = false;
  #isClosed = false;
  #resolve!: () => void;
  #reject!: (error: unknown) => void;

  constructor(readonly onClosed: OnClosed) {
    this.opened = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.opened.catch(() => undefined);
  }

  get isOpen(): boolean {
    return this.#isOpen && !this.#isClosed;
  }

  markOpen(): void {
    this.#isOpen = true;
    this.#resolve();
  }

  markClosed(error: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#reject(error);
    this.onClosed(error);
  }
}
