import { answered, createHoldline, withCall, type HoldlineConfig } from '@holdline/core';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CBaggagePropagator, W3CTraceContextPropagator, CompositePropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TelemetryOptions } from './options.js';
import { telemetry } from './telemetry.js';
import { callOf, ORIGIN, TestMeters, type Answer } from './telemetry.fixture.js';

const exporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });

beforeEach(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
});
afterEach(() => {
  exporter.reset();
  context.disable();
  propagation.disable();
});

function setUp(config: HoldlineConfig = {}, options: TelemetryOptions = {}) {
  const clock = new VirtualClock();
  const line = createHoldline({ clock, random: seededRandom(1), ...config });
  const meterProvider = new TestMeters().provider;
  const stop = telemetry(line, { traces: true, tracerProvider, meterProvider, clock, ...options });
  const call = (url: string, answers?: Answer[], request?: Parameters<typeof callOf>[4]): Promise<unknown> =>
    callOf(line, clock, url, answers, request);
  return { clock, line, call, stop };
}

/** Spans by kind, in the order of their end. */
function spans(): { calls: ReadableSpan[]; attempts: ReadableSpan[] } {
  const all = exporter.getFinishedSpans();
  return {
    calls: all.filter(({ kind }) => kind === SpanKind.INTERNAL),
    attempts: all.filter(({ kind }) => kind === SpanKind.CLIENT),
  };
}

describe('a call', () => {
  test('is an INTERNAL span, with a CLIENT span for its attempt', async () => {
    const { call, clock } = setUp();
    const done = call('/users/17?secret=1');
    await clock.advance(100);
    await done;
    const { calls, attempts } = spans();
    expect(calls).toHaveLength(1);
    expect(attempts).toHaveLength(1);
    expect(calls[0]).toMatchObject({ name: 'holdline GET /users/:id', instrumentationScope: { name: 'holdline' } });
    expect(calls[0]?.attributes).toMatchObject({
      'holdline.route': 'GET /users/:id',
      'holdline.outcome': 'ok',
      'holdline.attempts': 1,
    });
    expect(attempts[0]?.name).toBe('GET');
    expect(attempts[0]?.attributes).toEqual({
      'http.request.method': 'GET',
      'server.address': 'api.example.com',
      'server.port': 443,
      'http.response.status_code': 200,
    });
    expect(attempts[0]?.parentSpanContext?.spanId).toBe(calls[0]?.spanContext().spanId);
    expect(attempts[0]?.status.code).toBe(SpanStatusCode.UNSET);
    expect(JSON.stringify(exporter.getFinishedSpans().map((one) => one.attributes))).not.toContain('secret');
  });

  test('is named with its template where the user wants it', async () => {
    const { call, clock } = setUp({}, { urlTemplate: true, name: 'main' });
    const done = call('/users/17', [200], { method: 'BREW' });
    await clock.advance(100);
    await done;
    const [attempt] = spans().attempts;
    expect(attempt?.name).toBe('HTTP /users/:id');
    expect(attempt?.attributes).toMatchObject({
      'http.request.method': '_OTHER',
      'http.request.method_original': 'BREW',
      'url.template': '/users/:id',
      'holdline.line': 'main',
    });
  });

  test('that fails has an error type and no message', async () => {
    const { call, clock, line } = setUp({ retry: false });
    const done = Promise.all([call('/a', [404]), call('/b', ['unknown'])]);
    await clock.advance(100);
    await done;
    const { calls, attempts } = spans();
    const errors = (all: ReadableSpan[]): unknown => all.map(({ attributes }) => attributes['error.type']);
    expect(errors(attempts)).toEqual(['404', 'unknown']);
    expect(errors(calls)).toEqual(['404', '_OTHER']);
    for (const span of [...calls, ...attempts]) {
      expect(span.status).toEqual({ code: SpanStatusCode.ERROR });
      expect(span.events).toEqual([]);
    }
    await Promise.all([line.close(), clock.advance(10)]);
  });

  test('with traces: calls has no span for its attempt', async () => {
    const { call, clock } = setUp({}, { traces: 'calls' });
    const done = call('/users');
    await clock.advance(100);
    await done;
    expect(spans().attempts).toEqual([]);
    expect(spans().calls).toHaveLength(1);
  });

  test('shows its tenant only if allowed', async () => {
    for (const tenants of [false, true]) {
      const { call, clock } = setUp({}, { tenants });
      const done = withCall({ tenant: 'acme' }, () => call('/users'));
      await clock.advance(100);
      await done;
    }
    expect(spans().calls.map(({ attributes }) => attributes['holdline.tenant'])).toEqual([undefined, 'acme']);
  });
});

describe('the trace context', () => {
  const parentOf = (span: ReadableSpan | undefined): string | undefined => span?.parentSpanContext?.spanId;

  test('survives the queue, retries and a token refresh', async () => {
    let grants = 0;
    const { call, clock } = setUp({
      governor: { quotas: [{ limit: 1, windowMs: 1_000 }] },
      token: { grant: () => Promise.resolve({ accessToken: `t${++grants}`, expiresInMs: 3_600_000 }) },
    });
    const tracer = tracerProvider.getTracer('of the application');
    const active: (string | undefined)[] = [];
    const done = Promise.all(
      [1, 2, 3].map((n) =>
        tracer.startActiveSpan(`request ${n}`, async (span) => {
          await call(`/r${n}`, ['not-sent', 401, 503, 200]);
          active.push(trace.getActiveSpan()?.spanContext().spanId);
          span.end();
        }),
      ),
    );
    await clock.advance(120_000);
    await done;
    const { calls, attempts } = spans();
    const requests = calls.filter(({ name }) => name.startsWith('request'));
    const holdline = calls.filter(({ name }) => name.startsWith('holdline'));
    expect(requests).toHaveLength(3);
    expect(holdline).toHaveLength(3);
    expect(attempts).toHaveLength(12);
    for (const request of requests) {
      const { spanId, traceId } = request.spanContext();
      expect(active).toContain(spanId);
      const own = holdline.filter((span) => parentOf(span) === spanId);
      expect(own).toHaveLength(1);
      const sent = attempts.filter((span) => parentOf(span) === own[0]?.spanContext().spanId);
      expect(sent.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([undefined, 1, 2, 3]);
      expect(sent.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([undefined, 401, 503, 200]);
      for (const span of sent) expect(span.spanContext().traceId).toBe(traceId);
      const events = own[0]?.events.map(({ name }) => name);
      expect(events).toEqual(expect.arrayContaining(['holdline.queued', 'holdline.permitted', 'holdline.retry']));
      expect(own[0]?.attributes).toMatchObject({ 'holdline.attempts': 4, 'holdline.token.refreshed': true });
    }
  });

  test('is active while the native transport sends, so that an instrumentation nests its spans', async () => {
    const { call, clock } = setUp();
    const seen: (string | undefined)[] = [];
    const done = call('/users', [200], {
      send: () => {
        seen.push(trace.getActiveSpan()?.spanContext().spanId);
        return Promise.resolve(answered('ok', { status: 200, header: () => undefined }));
      },
    });
    await clock.advance(100);
    await done;
    expect(seen).toEqual([spans().attempts[0]?.spanContext().spanId]);
  });

  test('the refusal that closed a gate is an event of its call', async () => {
    const { call, clock } = setUp({ governor: { gateJitterMs: 0 } });
    const done = call('/users', [[429, { 'retry-after': '7' }], 200]);
    await clock.advance(60_000);
    await done;
    const [event] = spans().calls[0]?.events.filter(({ name }) => name === 'holdline.gate_closed') ?? [];
    expect(event?.attributes).toEqual({ 'holdline.scope': 'GET /users', 'holdline.gate.closed_ms': 7_000 });
  });
});

describe('headers', () => {
  const send = async (options: TelemetryOptions, origin = ORIGIN): Promise<string[]> => {
    const { call, clock } = setUp({}, options);
    const headers = new Map<string, string>();
    const baggage = propagation.createBaggage({ customer: { value: 'ann' } });
    const done = context.with(propagation.setBaggage(context.active(), baggage), () =>
      call('/users', [200], {
        url: `${origin}/users`,
        headers: { get: (name) => headers.get(name), set: (name, value) => void headers.set(name, value) },
      }),
    );
    await clock.advance(100);
    await done;
    const spanId = spans().attempts[0]?.spanContext().spanId ?? '';
    if (headers.has('traceparent')) expect(headers.get('traceparent')).toContain(spanId);
    return [...headers.keys()];
  };

  test('carry no trace context by default', async () => {
    expect(await send({})).toEqual([]);
  });

  test('carry the context of the attempt where the user wants it, and never baggage', async () => {
    expect(await send({ propagate: true })).toEqual(['traceparent']);
    exporter.reset();
    expect(await send({ propagate: [ORIGIN] })).toEqual(['traceparent']);
    exporter.reset();
    expect(await send({ propagate: [ORIGIN] }, 'https://elsewhere.example.com')).toEqual([]);
  });
});

test('after the end there are no spans, and telemetry can start again on the same line', async () => {
  const { call, clock, line, stop } = setUp();
  stop();
  const first = call('/users');
  await clock.advance(100);
  await first;
  expect(exporter.getFinishedSpans()).toEqual([]);
  telemetry(line, { traces: true, tracerProvider, clock });
  const second = call('/users');
  await clock.advance(100);
  await second;
  expect(exporter.getFinishedSpans()).toHaveLength(2);
});

test('the end during a call ends its spans', async () => {
  const { call, clock, stop } = setUp();
  const done = call('/users');
  await clock.advance(5);
  stop();
  await clock.advance(100);
  await done;
  expect(exporter.getFinishedSpans()).toHaveLength(2);
});

describe('tracing that throws', () => {
  const broken = (): never => {
    throw new Error('broken');
  };
  const quiet = { onStart: () => undefined, onEnd: () => undefined };
  const lifecycle = { forceFlush: () => Promise.resolve(), shutdown: () => Promise.resolve() };

  test.each(['onStart', 'onEnd'] as const)('in %s of a span processor changes no call', async (method) => {
    const processor = { ...lifecycle, ...quiet, [method]: broken };
    const provider = new BasicTracerProvider({ spanProcessors: [processor] });
    const { call, clock } = setUp({ retry: false }, { tracerProvider: provider });
    const ok = call('/users/17');
    const failing = call('/users/18', ['unknown']);
    await clock.advance(100);
    expect(await ok).toEqual({ status: 200 });
    expect(await failing).toMatchObject({ message: 'no answer' });
  });

  test('in a propagator stops no attempt', async () => {
    propagation.disable();
    propagation.setGlobalPropagator({ inject: broken, extract: (one) => one, fields: () => [] });
    const { call, clock } = setUp({}, { propagate: true });
    const done = call('/users/17');
    await clock.advance(100);
    expect(await done).toEqual({ status: 200 });
  });
});
