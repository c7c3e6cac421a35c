import type { Undo } from '@holdline/core';
import { PING } from './channel-message.js';
import type { ResolvedNotifications } from './options.js';

/** Sends a ping over a silent socket and reports the socket as lost without an answer. */
export class SilenceWatch {
  /** Wall time of the last message, in ms. */
  #lastMessageAt = 0;
  #heardAt = 0;
  #stopTimer: Undo = () => undefined;

  constructor(
    readonly options: ResolvedNotifications,
    readonly reportSilence: (silentMs: number) => void,
  ) {}

  get lastMessageAt(): number {
    return this.#lastMessageAt;
  }

  /** Monotonic time of the last message, in ms. */
  get heardAt(): number {
    return this.#heardAt;
  }

  recordMessage(): void {
    const { clock } = this.options;
    this.#lastMessageAt = clock.wall();
    this.#heardAt = clock.now();
  }

  start(socket: WebSocket): void {
    const { clock, silenceMs, pongWithinMs } = this.options;
    this.recordMessage();
    let checkedAt = this.#lastMessageAt;
    const checkSilence = (): void => {
      if (this.#lastMessageAt !== checkedAt) {
        const silentMs = clock.wall() - (checkedAt = this.#lastMessageAt);
        this.#stopTimer = clock.setTimer(Math.max(0, silenceMs - silentMs), checkSilence);
        return;
      }
      socket.send(PING);
      this.#stopTimer = clock.setTimer(pongWithinMs, () => {
        if (this.#lastMessageAt !== checkedAt) return checkSilence();
        this.reportSilence(silenceMs + pongWithinMs);
      });
    };
    this.#stopTimer = clock.setTimer(silenceMs, checkSilence);
  }

  stop(): void {
    this.#stopTimer();
  }
}
