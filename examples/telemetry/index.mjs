// A load that the platform refuses in part, as metrics and as a trace. One line of code reports it.
import { createServer } from 'node:http';
import { createHoldline } from '@holdline/core';
import { guardFetch } from '@holdline/fetch';
import { startSimulator } from '@holdline/simulator';
import { telemetry } from '@holdline/telemetry';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';

const CALLS = 60;

console.log('Shows: what a line does, as metrics for Prometheus and as a trace.\n');

// The platform allows 20 requests a second. The line believes in 30, so it is refused until it has learned the limit.
const simulator = await startSimulator({
  platform: 'genesys',
  limits: [{ name: 'token.rate', per: 'token', limit: 20, windowMs: 1_000, enforcement: 'sliding' }],
});
const login = await fetch(`${simulator.url}/oauth/token`, {
  method: 'POST',
  headers: { authorization: `Basic ${btoa('any-id:any-secret')}`, 'content-type': 'application/x-www-form-urlencoded' },
  body: 'grant_type=client_credentials',
});
const { access_token: accessToken } = await login.json();

// The part of OpenTelemetry. An application does this once, often with @opentelemetry/sdk-node.
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const exporter = new PrometheusExporter({ preventServerStart: true });
const meterProvider = new MeterProvider({ readers: [exporter] });
const spans = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });

const line = createHoldline({
  governor: { quotas: [{ limit: 30, windowMs: 1_000, name: 'token.rate' }] },
  token: { grant: async () => ({ accessToken }), origins: [new URL(simulator.url).origin] },
});
telemetry(line, { name: 'genesys', meterProvider, tracerProvider, traces: true }); // the one line

const api = guardFetch(fetch, line);
const answers = await Promise.all(
  Array.from({ length: CALLS }, async (_, n) => {
    const response = await api(`${simulator.url}/api/v2/users/${String(n).padStart(6, '0')}`);
    await response.text();
    return response.status;
  }),
);

// Prometheus reads this address.
const server = createServer((request, response) => exporter.getMetricsRequestHandler(request, response));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const scrape = await (await fetch(`http://127.0.0.1:${server.address().port}/metrics`)).text();
server.closeAllConnections();
server.close();

const rows = scrape.split('\n').map((text) => /^(\w+)\{(.*)\} (\S+)$/.exec(text));
const read = (name) =>
  rows
    .filter((row) => row?.[1] === name)
    .map(([, , labels, value]) => ({ labels: shorten(labels), value: Number(value) }));
const sum = (name) => read(name).reduce((total, { value }) => total + value, 0);

/** Leaves out what is the same everywhere. */
function shorten(labels) {
  return labels
    .replaceAll(/,?(otel_scope_\w+|holdline_line|server_\w+)="[^"]*"/g, '')
    .replaceAll('holdline_', '')
    .replace(/^,/, '');
}

console.log('1. Metrics, as Prometheus reads them:');
for (const name of [
  'holdline_calls_total',
  'holdline_attempts_total',
  'holdline_refusals_total',
  'holdline_retries_total',
  'holdline_queue_wait_duration_count',
  'holdline_quota_limit',
  'http_client_request_duration_count',
])
  for (const { labels, value } of read(name))
    console.log(`   ${name.padEnd(36)} ${String(value).padStart(3)}  ${labels}`);

// The call with the most attempts.
const all = spans.getFinishedSpans();
const attemptsOf = (call) =>
  all.filter(({ parentSpanContext }) => parentSpanContext?.spanId === call.spanContext().spanId);
const [call] = all
  .filter(({ name }) => name.startsWith('holdline'))
  .sort((a, b) => b.attributes['holdline.attempts'] - a.attributes['holdline.attempts']);
const toMs = ([s, ns]) => s * 1e3 + ns / 1e6;
const since = (time) => `${(toMs(time) - toMs(call.startTime)).toFixed(0).padStart(5)} ms`;
const steps = [
  ...call.events.map(({ time, name }) => ({ time, text: name })),
  ...attemptsOf(call).map(({ startTime, name, attributes }) => ({
    time: startTime,
    text: `attempt ${(attributes['http.request.resend_count'] ?? 0) + 1}: ${name}, answered ${attributes['http.response.status_code']}`,
  })),
].sort((a, b) => toMs(a.time) - toMs(b.time));
console.log(`\n2. The trace of the call with the most attempts: ${call.name}`);
for (const { time, text } of steps) console.log(`   ${since(time)}  ${text}`);
console.log(`   ${since(call.endTime)}  ${call.attributes['holdline.outcome']}`);

const { requests, refused } = simulator.stats();
await line.close();
await meterProvider.shutdown();
await simulator.stop();
const holds =
  answers.every((status) => status === 200) &&
  sum('holdline_attempts_total') === requests &&
  sum('http_client_request_duration_count') === requests &&
  sum('holdline_refusals_total') === refused &&
  refused > 0 &&
  steps.length > 1;
console.log(
  holds
    ? `\nHeld: the metrics have the ${requests} requests and ${refused} refusals that the platform counted.`
    : `\nDid not hold: the platform counted ${requests} requests and ${refused} refusals.`,
);
process.exitCode = holds ? 0 : 1;
