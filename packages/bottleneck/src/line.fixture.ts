import { answered, createHoldline, failed } from '@holdline/core';
import type { CallContext, GovernorEngine, Holdline, HoldlineConfig } from '@holdline/core';

/** One call of a test. */
export interface TestCall {
  url?: string;
  context?: CallContext;
  signal?: AbortSignal;
  /** One response per attempt; the last one repeats. */
  answers?: { status: number; afterMs?: number; retryAfter?: string }[];
  /** Called for each attempt. */
  onSend?: () => void;
}

/** Creates a line with an engine, and a platform that records when each attempt arrived. */
export function createTestLine(
  engine: GovernorEngine,
  config: HoldlineConfig = {},
): { line: Holdline; call(call?: TestCall): Promise<unknown>; sent: { at: number; url: string }[] } {
  const line = createHoldline({
    breaker: false,
    ...config,
    governor: { engine, gateJitterMs: 0, ...(config.governor || {}) },
  });
  const sent: { at: number; url: string }[] = [];
  return {
    line,
    sent,
    call({ url = '/a', context, signal, answers = [], onSend } = {}) {
      let attempts = 0;
      const running = line.run({
        method: 'GET',
        url: `https://api.test${url}`,
        headers: { get: () => undefined, set: () => undefined },
        replayable: true,
        context,
        signal,
        async send({ cancellation }) {
          sent.push({ at: Date.now(), url });
          onSend?.();
          const { status, afterMs = 0, retryAfter } = answers[attempts++] ?? answers.at(-1) ?? { status: 200 };
          if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
          if (cancellation?.cancelled) return failed(cancellation.reason, 'cancelled');
          const header = (name: string): string | undefined => (name === 'retry-after' ? retryAfter : undefined);
          return answered({ status }, { status, header });
        },
      });
      return running.catch((error: unknown) => error);
    },
  };
}
