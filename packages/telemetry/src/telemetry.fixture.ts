import {
  answered,
  createHoldline,
  failed,
  type CallRequest,
  type Holdline,
  type HoldlineConfig,
  type Outcome,
} from '@holdline/core';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import {
  MeterProvider,
  MetricReader,
  type DataPoint,
  type Histogram,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import { telemetry } from './telemetry.js';
import type { TelemetryOptions } from './options.js';

/** A reader that a test asks. */
class TestReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** A meter provider that a test reads. */
export class TestMeters {
  readonly reader = new TestReader();
  readonly provider = new MeterProvider({ readers: [this.reader] });

  /** All metrics by name. */
  async collect(scope = 'holdline'): Promise<Map<string, MetricData>> {
    const { resourceMetrics, errors } = await this.reader.collect();
    if (errors.length > 0) throw new Error(`the collection failed: ${String(errors[0])}`);
    const metrics = resourceMetrics.scopeMetrics
      .filter((one) => one.scope.name === scope)
      .flatMap((one) => one.metrics);
    return new Map(metrics.map((metric) => [metric.descriptor.name, metric]));
  }

  /** The series of one metric: attributes as `a=1,b=2`, and the value. A histogram has its number of values. */
  async read(name: string, scope?: string): Promise<Record<string, number>> {
    const metric = (await this.collect(scope)).get(name);
    return Object.fromEntries(
      ((metric?.dataPoints ?? []) as DataPoint<number | Histogram>[]).map(({ attributes, value }) => [
        Object.entries(attributes)
          .map(([key, one]) => `${key.replace('holdline.', '')}=${String(one)}`)
          .join(','),
        typeof value === 'number' ? value : value.count,
      ]),
    );
  }
}

/** What the platform of a test answers: a status with headers, or the class of a failure. */
export type Answer = number | [status: number, headers: Record<string, string>] | 'not-sent' | 'unknown';

/** A line on a virtual clock with telemetry. */
export interface TestLine {
  readonly clock: VirtualClock;
  readonly line: Holdline;
  readonly meters: TestMeters;
  readonly stop: () => void;
  /** Makes a call whose attempts get these answers, the last one repeatedly. */
  call(url: string, answers?: Answer[], request?: Partial<CallRequest>): Promise<unknown>;
}

export const ORIGIN = 'https://api.example.com';

/** Makes a line with telemetry. */
export function setUp(
  config: HoldlineConfig = {},
  options: TelemetryOptions = {},
  meters = new TestMeters(),
): TestLine {
  const clock = new VirtualClock();
  const line = createHoldline({ clock, random: seededRandom(1), ...config });
  const stop = telemetry(line, { meterProvider: meters.provider, clock, ...options });
  return { clock, line, meters, stop, call: (...args) => callOf(line, clock, ...args) };
}

/** Makes a call on a line. Each attempt takes 20 ms. Settles with the result or the error. */
export async function callOf(
  line: Holdline,
  clock: VirtualClock,
  url: string,
  answers: Answer[] = [200],
  request: Partial<CallRequest> = {},
): Promise<unknown> {
  let attempts = 0;
  const run = line.run({
    method: 'GET',
    url: `${ORIGIN}${url}`,
    headers: { get: () => undefined, set: () => undefined },
    replayable: true,
    ownOrigin: ORIGIN,
    send: async () => {
      const answer = answers[Math.min(attempts++, answers.length - 1)] ?? 200;
      await new Promise<void>((resolve) => clock.setTimer(20, resolve));
      return outcomeOf(answer);
    },
    ...request,
  });
  return run.catch((error: unknown) => error);
}

function outcomeOf(answer: Answer): Outcome {
  if (typeof answer === 'string') return failed(new Error('no answer'), answer);
  const [status, headers] = typeof answer === 'number' ? [answer, {} as Record<string, string>] : answer;
  return answered({ status }, { status, header: (name) => headers[name] });
}
