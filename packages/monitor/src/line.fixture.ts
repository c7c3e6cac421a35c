import {
  answered,
  createHoldline,
  failed,
  type CallContext,
  type CallRequest,
  type Holdline,
  type HoldlineConfig,
  type Outcome,
} from '@holdline/core';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import { onTestFinished } from 'vitest';

export const ORIGIN = 'https://api.test';

/** The answer to an attempt: a status, perhaps with headers and a duration, or a lost connection. */
export type Reply = number | { status: number; headers?: Record<string, string>; afterMs?: number } | 'reset';

/** A line on a virtual clock, whose platform answers by a function. */
export class TestLine {
  readonly clock = new VirtualClock();
  readonly line: Holdline;
  reply: (path: string) => Reply = () => 200;
  sent = 0;

  constructor(config: HoldlineConfig = {}) {
    this.line = createHoldline({ retry: false, random: seededRandom(1), ...config, clock: this.clock });
    onTestFinished(async () => {
      const closed = this.line.close({ timeoutMs: 0 });
      await this.clock.advance(1_000);
      await closed;
    });
  }

  /** Starts a call. Its error is not reported. */
  async call(path: string, context?: CallContext, method = 'GET', credential?: string): Promise<void> {
    const headers = {
      get: (name: string) => (name === 'authorization' ? credential : undefined),
      set() {},
      remove() {},
    };
    const request = {
      method,
      url: `${ORIGIN}${path}`,
      headers,
      replayable: true,
      context,
      send: () => this.#send(path),
    } as unknown as CallRequest;
    await this.line.run(request).catch(() => undefined);
  }

  async #send(path: string): Promise<Outcome> {
    this.sent++;
    const reply = this.reply(path);
    if (reply === 'reset') return failed(Object.assign(new Error('reset'), { code: 'ECONNRESET' }), 'unknown');
    const { status, headers = {}, afterMs = 0 } = typeof reply === 'number' ? { status: reply } : reply;
    if (afterMs > 0) await new Promise<void>((resolve) => void this.clock.setTimer(afterMs, resolve));
    return answered({ status }, { status, header: (name) => headers[name] });
  }
}
