import type { Undo } from '@holdline/core';
import type { ResolvedNotifications } from './options.js';

/** What a recovery repeats. */
export interface RecoveryTask {
  recover(): Promise<void>;
  reportFailure(error: unknown, retryInMs: number): void;
  /** How many recoveries in a row were lost again early: the first delay grows with them. */
  countEarlyLosses(): number;
  /** Whether another loss has to be recovered. */
  isLost(): boolean;
}

/** Repeats a task until it succeeds, with a delay that doubles and has jitter. */
export class Recovery {
  #isRunning = false;
  #isStopped = false;
  #stopWaiting: Undo = () => undefined;

  constructor(
    readonly options: ResolvedNotifications,
    readonly task: RecoveryTask,
  ) {}

  async run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    // Two processes that recover at once would evict each other's channels without end.
    let failures = this.task.countEarlyLosses();
    while (!this.#isStopped) {
      if (failures > 0) await this.#wait(this.#delayAfter(failures) * (1 + this.options.random.next()));
      if (this.#isStopped) break;
      try {
        await this.task.recover();
        break;
      } catch (error) {
        failures++;
        if (!this.#isStopped) this.task.reportFailure(error, this.#delayAfter(failures));
      }
    }
    this.#isRunning = false;
    if (!this.#isStopped && this.task.isLost()) void this.run();
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopWaiting();
  }

  #delayAfter(failures: number): number {
    const { baseDelayMs, maxDelayMs } = this.options;
    return Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(failures - 1, 30));
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const stopTimer = this.options.clock.setTimer(ms, resolve);
      this.#stopWaiting = () => {
        stopTimer();
        resolve();
      };
    });
  }
}
