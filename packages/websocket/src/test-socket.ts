import type { VirtualClock } from '@holdline/core/testing';

/** Result of an attempt of a {@link createFakeClass}. */
export type AttemptResult = 'open' | 'refuse' | 'hang';

/** A WebSocket class like the browser's on a virtual clock: a refusal shows only as an error and a close with 1006. */
export function createFakeClass(
  clock: VirtualClock,
  decide: (url: string) => AttemptResult = () => 'open',
  latencyMs = 10,
) {
  const log: { at: number; url: string; fate: AttemptResult }[] = [];
  const open = new Set<FakeSocket>();

  class FakeSocket extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    readyState = 0;
    bufferedAmount = 0;
    protocol = '';
    extensions = '';
    binaryType = 'blob';
    readonly sent: unknown[] = [];

    constructor(
      readonly url: string,
      readonly protocols?: string | string[],
    ) {
      super();
      const fate = decide(url);
      log.push({ at: clock.now(), url, fate });
      if (fate === 'hang') return;
      clock.setTimer(latencyMs, () => {
        if (this.readyState !== 0) return;
        if (fate === 'refuse') return this.end(1006);
        this.readyState = 1;
        open.add(this);
        this.dispatchEvent(new Event('open'));
      });
    }

    send(data: unknown): void {
      this.sent.push(data);
    }

    close(code = 1005, reason = ''): void {
      if (this.readyState >= 2) return;
      const early = this.readyState === 0;
      this.readyState = 2;
      clock.setTimer(0, () => this.end(early ? 1006 : code, reason));
    }

    receive(data: unknown): void {
      this.dispatchEvent(new MessageEvent('message', { data }));
    }

    /** Ends the session on behalf of the peer or the network. */
    end(code: number, reason = ''): void {
      if (this.readyState === 3) return;
      const early = !open.delete(this);
      this.readyState = 3;
      if (early) this.dispatchEvent(new Event('error'));
      this.dispatchEvent(Object.assign(new Event('close'), { code, reason, wasClean: !early }));
    }
  }
  return { Native: FakeSocket, log, open };
}

/** Records the names of the events of a socket, with their code or message. */
export function recordEvents(socket: object): string[] {
  const events: string[] = [];
  for (const name of ['open', 'message', 'error', 'close'])
    (socket as EventTarget).addEventListener(name, (event) => {
      const { code, data } = event as { code?: number; data?: unknown };
      events.push([name, code, data].filter((part) => part !== undefined).join(' '));
    });
  return events;
}
