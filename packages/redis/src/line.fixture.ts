import { answered, createHoldline, type Holdline, type HoldlineConfig, type Outcome } from '@holdline/core';
import { onTestFinished } from 'vitest';

/** A platform in this process that counts what comes. */
export class Platform {
  /** When attempts came, by `performance.now`. */
  readonly arrivals: number[] = [];
  /** What the next attempts are answered with, instead of 200. */
  readonly answers: { status: number; headers?: Record<string, string> }[] = [];
  answerMs = 5;

  send(): Promise<Outcome> {
    this.arrivals.push(performance.now());
    const { status, headers = {} } = this.answers.shift() ?? { status: 200 };
    const outcome = answered(status, { status, header: (name) => headers[name.toLowerCase()] });
    return new Promise((resolve) => setTimeout(() => resolve(outcome), this.answerMs));
  }

  /** The most arrivals in any window. */
  most(windowMs: number, from = -Infinity): number {
    const times = this.arrivals.filter((at) => at >= from);
    let most = 0;
    for (let i = 0, j = 0; i < times.length; i++) {
      while ((times[i] as number) - (times[j] as number) >= windowMs) j++;
      most = Math.max(most, i - j + 1);
    }
    return most;
  }
}

/** A line that ends with the test, and what calls through it. */
export function lineOf(config: HoldlineConfig): Holdline {
  const line = createHoldline({ retry: false, ...config });
  onTestFinished(() => line.close());
  return line;
}

/** One call. */
export function callOn(line: Holdline, platform: Platform, url = 'https://api.example.com/things'): Promise<unknown> {
  return line.run({
    method: 'GET',
    url,
    headers: { get: () => undefined, set: () => undefined },
    replayable: true,
    send: () => platform.send(),
  });
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until it is so, for as long as a slow machine may need. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 15_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await sleep(10);
  }
}
