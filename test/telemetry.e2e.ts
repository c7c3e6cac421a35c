import { createRequire } from 'node:module';
import * as core from '@holdline/core';
import { guardFetch } from '@holdline/fetch';
import { telemetry } from '@holdline/telemetry';
import { context, propagation, SpanKind } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { MeterProvider, MetricReader, type DataPoint, type Histogram } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { describe, expect, onTestFinished, test } from 'vitest';
import { simulate } from './support.js';
import { createLoadLine, runLoad } from './telemetry-load.mjs';

class TestReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

interface Series {
  scope: string;
  name: string;
  attributes: Record<string, unknown>;
  value: number;
}

/** A meter provider whose series a test reads. A histogram has its number of values. */
function meters(): { provider: MeterProvider; read: () => Promise<Series[]> } {
  const reader = new TestReader();
  const provider = new MeterProvider({ readers: [reader] });
  const read = async (): Promise<Series[]> => {
    const { resourceMetrics, errors } = await reader.collect();
    expect(errors).toEqual([]);
    return resourceMetrics.scopeMetrics.flatMap(({ scope, metrics }) =>
      metrics.flatMap(({ descriptor, dataPoints }) =>
        (dataPoints as DataPoint<number | Histogram>[]).map(({ attributes, value }) => ({
          scope: scope.name,
          name: descriptor.name,
          attributes,
          value: typeof value === 'number' ? value : value.count,
        })),
      ),
    );
  };
  return { provider, read };
}

/** Finds parts of queries, bodies, transactions and ids. */
const findPrivate = (value: unknown): string | undefined =>
  /secret|query|score|order-\d|key-20|0{4}-4000/.exec(JSON.stringify(value))?.[0];

/** Sums a metric over all series, or those with some attributes. */
const sum = (all: Series[], name: string, where: Record<string, unknown> = {}, scope = 'holdline'): number =>
  all
    .filter((one) => one.name === name && one.scope === scope)
    .filter(({ attributes }) => Object.entries(where).every(([key, value]) => attributes[key] === value))
    .reduce((total, { value }) => total + value, 0);

describe('metrics', () => {
  test('equal the counts of the platform', async () => {
    const simulator = await simulate();
    const { provider, read } = meters();
    const { line, place } = createLoadLine(core, simulator);
    const ended = { calls: 0, failed: 0, retries: 0, refused: 0 };
    line.on('call', ({ outcome }) => {
      ended.calls++;
      if (outcome === 'failed') ended.failed++;
    });
    onTestFinished(telemetry(line, { meterProvider: provider, tenants: true, callDuration: true }));
    await runLoad(core, { simulator, api: guardFetch(fetch, line), place });
    const all = await read();
    const stats = simulator.stats();

    expect(sum(all, 'holdline.attempts')).toBe(stats.requests);
    expect(sum(all, 'http.client.request.duration')).toBe(stats.requests);
    for (const [status, count] of Object.entries(stats.byStatus))
      expect([status, sum(all, 'holdline.attempts', { 'http.response.status_code': Number(status) })]).toEqual([
        status,
        count,
      ]);
    for (const [route, { requests }] of Object.entries(stats.byRoute))
      expect([route, sum(all, 'holdline.attempts', { 'holdline.route': route })]).toEqual([route, requests]);
    expect(stats.byStatus[503]).toBe(1);
    expect(sum(all, 'holdline.refusals')).toBe(stats.refused + 1);
    expect(sum(all, 'holdline.token.refreshes', { 'holdline.token.result': 'ok' })).toBe(stats.tokensIssued);
    expect(sum(all, 'holdline.token.refreshes', { 'holdline.token.result': 'failed' })).toBeGreaterThan(0);
    expect(sum(all, 'holdline.calls')).toBe(ended.calls);
    expect(sum(all, 'holdline.calls', { 'holdline.outcome': 'failed' })).toBe(ended.failed);
    expect(sum(all, 'holdline.call.duration')).toBe(ended.calls);
    // 30 calls, 20 permits in the first window, and 15 for each tenant.
    expect(sum(all, 'holdline.queue.wait.duration')).toBeGreaterThanOrEqual(10);
    // Each answer that the line repeats is one of these.
    expect(sum(all, 'holdline.retries', { 'holdline.retry.reason': 'refused' })).toBe(stats.refused + 1);
    expect(sum(all, 'holdline.retries', { 'holdline.retry.reason': 'unknown' })).toBe(1);
    expect(sum(all, 'holdline.give_ups', { 'holdline.give_up.reason': 'attempts used up' })).toBe(1);
    expect(sum(all, 'holdline.rejections', { 'error.type': 'HOLDLINE_CIRCUIT_OPEN' })).toBeGreaterThan(0);
    expect(
      sum(all, 'holdline.breaker.circuits', {
        'holdline.breaker.state': 'open',
        'holdline.route': 'GET /api/v2/flows',
      }),
    ).toBe(1);
    expect(sum(all, 'holdline.calls.saved', { 'holdline.saved.by': 'identical call' })).toBe(1);
    expect(sum(all, 'holdline.give_ups', { 'holdline.give_up.reason': 'not repeatable' })).toBe(1);
    expect(line.snapshot().deadLetters.kept).toBeGreaterThan(0);
    expect(sum(all, 'holdline.dead_letters', { 'holdline.dead_letter.change': 'kept' })).toBe(
      line.snapshot().deadLetters.kept,
    );
    expect(sum(all, 'holdline.store.failures')).toBeGreaterThan(0);
    expect(sum(all, 'holdline.store.lost')).toBe(1);
    expect(findPrivate(all)).toBeUndefined();
    place.comeBack();
    expect(sum(await read(), 'holdline.store.lost')).toBe(0);
    await line.close();
    expect(sum(await read(), 'holdline.attempts')).toBe(stats.requests);
  });

  test('count together for the ESM and the CommonJS copy of the package', async () => {
    const simulator = await simulate();
    const { provider, read } = meters();
    const other = createRequire(import.meta.url)('@holdline/telemetry') as { telemetry: typeof telemetry };
    expect(other.telemetry).not.toBe(telemetry);
    for (const start of [telemetry, other.telemetry]) {
      const line = core.createHoldline();
      onTestFinished(start(line, { meterProvider: provider }));
      expect(() => other.telemetry(line)).toThrow('the line has telemetry already');
      await (await guardFetch(fetch, line)(`${simulator.url}/api/v2/nothing`)).text();
    }
    expect(sum(await read(), 'holdline.calls')).toBe(2);
  });
});

describe('an instrumentation of undici that records the same histogram', () => {
  const NAME = 'http.client.request.duration';
  const UNDICI = '@opentelemetry/instrumentation-undici';
  const run = async (httpDuration: boolean | 'auto'): Promise<[ours: number, theirs: number, requests: number]> => {
    const simulator = await simulate();
    const { provider, read } = meters();
    const instrumentation = new UndiciInstrumentation();
    instrumentation.setMeterProvider(provider);
    onTestFinished(() => instrumentation.disable());
    const line = core.createHoldline();
    onTestFinished(telemetry(line, { meterProvider: provider, httpDuration }));
    const api = guardFetch(fetch, line);
    for (let i = 0; i < 5; i++) await (await api(`${simulator.url}/api/v2/nothing`)).text();
    const all = await read();
    return [sum(all, NAME), sum(all, NAME, {}, UNDICI), simulator.stats().requests];
  };

  test('control: with httpDuration: true each request counts twice', async () => {
    expect(await run(true)).toEqual([5, 5, 5]);
  });

  test('each request counts once by default', async () => {
    expect(await run('auto')).toEqual([0, 5, 5]);
  });
});

test('the trace context survives the queue, a retry and a refresh on real sockets, and reaches the wire on request', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  onTestFinished(() => context.disable());
  propagation.setGlobalPropagator({
    inject: (_context, carrier, setter) => setter.set(carrier, 'traceparent', '00-test'),
    extract: (one) => one,
    fields: () => ['traceparent'],
  });
  onTestFinished(() => propagation.disable());
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const simulator = await simulate();
  const { line, place } = createLoadLine(core, simulator);
  const sent: (string | null)[] = [];
  const native: typeof fetch = (input, init) => {
    sent.push(new Request(input, init).headers.get('traceparent'));
    return fetch(input, init);
  };
  const { provider: meterProvider } = meters();
  onTestFinished(
    telemetry(line, { meterProvider, tracerProvider, traces: true, propagate: [new URL(simulator.url).origin] }),
  );
  const tracer = tracerProvider.getTracer('of the application');
  await tracer.startActiveSpan('job', async (span) => {
    await runLoad(core, { simulator, api: guardFetch(native, line), place });
    span.end();
  });
  const { requests } = simulator.stats();
  const all = exporter.getFinishedSpans();
  const job = all.find(({ name }) => name === 'job');
  const calls = all.filter(({ kind, name }) => kind === SpanKind.INTERNAL && name !== 'job');
  const attempts = all.filter(({ kind }) => kind === SpanKind.CLIENT);
  expect(attempts).toHaveLength(requests);
  expect(sent).toEqual(Array.from({ length: requests }, () => '00-test'));
  const ids = new Set(calls.map((span) => span.spanContext().spanId));
  for (const call of calls) expect(call.parentSpanContext?.spanId).toBe(job?.spanContext().spanId);
  for (const attempt of attempts) {
    expect(ids).toContain(attempt.parentSpanContext?.spanId);
    expect(attempt.spanContext().traceId).toBe(job?.spanContext().traceId);
  }
  const events = new Set(calls.flatMap(({ events: own }) => own.map(({ name }) => name)));
  expect([...events].sort()).toEqual([
    'holdline.gate_closed',
    'holdline.give_up',
    'holdline.permitted',
    'holdline.queued',
    'holdline.retry',
  ]);
  expect(findPrivate(all.map(({ name, attributes, events: own }) => [name, attributes, own]))).toBeUndefined();
  await line.close();
});
