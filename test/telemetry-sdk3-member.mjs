// Runs the load of the telemetry tests with the OpenTelemetry SDK 3 that is installed beside this file. Prints one line of JSON.
import * as core from '@holdline/core';
import { guardFetch } from '@holdline/fetch';
import { startSimulator } from '@holdline/simulator';
import { telemetry } from '@holdline/telemetry';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { createLoadLine, runLoad } from './telemetry-load.mjs';

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

/** Makes a meter provider, and a function that returns its scrape. */
function meters() {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ readers: [exporter] });
  const scrape = () =>
    new Promise((resolve) => {
      const response = { statusCode: 0, setHeader() {}, end: resolve };
      exporter.getMetricsRequestHandler({}, response);
    });
  return { meterProvider, scrape };
}

/** Sums a metric of a scrape. */
function sum(text, name, label = '') {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && line.includes(label))
    .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0);
}

const simulator = await startSimulator({ platform: 'genesys', limits: [] });
const { meterProvider, scrape } = meters();
const exporter = new InMemorySpanExporter();
const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const { line, place } = createLoadLine(core, simulator);
telemetry(line, { meterProvider, tracerProvider, traces: true, tenants: true, callDuration: true });
await tracerProvider.getTracer('of the application').startActiveSpan('job', async (span) => {
  await runLoad(core, { simulator, api: guardFetch(fetch, line), place });
  span.end();
});
const text = await scrape();
const spans = exporter.getFinishedSpans();
const stats = simulator.stats();
await line.close({ timeoutMs: 100 });

// An instrumentation that records the same histogram.
const second = meters();
const instrumentation = new UndiciInstrumentation();
instrumentation.setMeterProvider(second.meterProvider);
const observed = core.createHoldline();
telemetry(observed, { meterProvider: second.meterProvider });
const api = guardFetch(fetch, observed);
for (let i = 0; i < 3; i++) await (await api(`${simulator.url}/api/v2/nothing`)).text();
const both = await second.scrape();
instrumentation.disable();
await simulator.stop();

console.log(
  JSON.stringify({
    node: process.version,
    requests: stats.requests,
    refused: stats.refused,
    tokensIssued: stats.tokensIssued,
    attempts: sum(text, 'holdline_attempts_total'),
    durations: sum(text, 'http_client_request_duration_count'),
    refusals: sum(text, 'holdline_refusals_total', '="429"'),
    refreshes: sum(text, 'holdline_token_refreshes_total', '="ok"'),
    storeLost: sum(text, 'holdline_store_lost'),
    names: [...new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))],
    attemptSpans: spans.filter(({ kind }) => kind === 2).length,
    traces: new Set(spans.map((span) => span.spanContext().traceId)).size,
    orphans: spans.filter(({ name, parentSpanContext }) => name !== 'job' && !parentSpanContext).length,
    oursBeside: sum(both, 'http_client_request_duration_count', 'otel_scope_name="holdline"'),
    theirsBeside: sum(both, 'http_client_request_duration_count', 'instrumentation-undici'),
  }),
);
process.exit();
