// Row 16: the cost of observers for one call that does not wait, over a transport that does nothing.
import { answered, createHoldline, Listeners } from '@holdline/core';
import { telemetry } from '@holdline/telemetry';
import { trace } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { AlwaysOffSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { runInChild } from '../support/child.mjs';
import { table } from '../support/report.mjs';
import { num, spread, withSpread } from '../support/stats.mjs';

export const title = '16. Cost of observers';
export const alone = true;

const VALUE = { ok: true };
/** A limit so high that no call waits. */
const MUCH = 1_000_000;
/** Events that a line asks about during a call that does not wait: callStarted, attempt, attemptStarted, attempt, call. */
const CHECKS = ['callStarted', 'attempt', 'attemptStarted', 'attempt', 'call'];

class Reader extends MetricReader {
  async onForceFlush() {}
  async onShutdown() {}
}

function lineCall(observe) {
  const line = createHoldline({ governor: { quotas: [{ limit: MUCH, windowMs: 1_000 }] } });
  observe(line);
  const header = () => undefined;
  const request = {
    method: 'GET',
    url: 'https://api.example.com/api/v2/users/me',
    headers: { get: () => undefined, set: () => undefined },
    replayable: true,
    ownOrigin: 'https://api.example.com',
    send: async () => answered(VALUE, { status: 200, header }),
  };
  return () => line.run(request);
}

function metered(options) {
  const meterProvider = new MeterProvider({ readers: [new Reader()] });
  return lineCall((line) => telemetry(line, { meterProvider, ...options }));
}

/** A hundred times the checks whether somebody listens, in a line that nobody listens to. */
function checks() {
  const listeners = new Listeners(Object.fromEntries(CHECKS.map((name) => [name, true])));
  let heard = 0;
  return async () => {
    for (let i = 0; i < 100; i++) for (const name of CHECKS) if (listeners.has(name)) heard++;
    return heard;
  };
}

/** The same loop without the checks. */
function noChecks() {
  let heard = 0;
  return async () => {
    for (let i = 0; i < 100; i++) for (const name of CHECKS) if (name === '') heard++;
    return heard;
  };
}

/** What the SDK alone takes for the two histograms of one call. */
function records() {
  const meter = new MeterProvider({ readers: [new Reader()] }).getMeter('bench');
  const [http, call] = ['http.client.request.duration', 'holdline.call.duration'].map((name) =>
    meter.createHistogram(name, { unit: 's' }),
  );
  const request = {
    'http.request.method': 'GET',
    'server.address': 'api.example.com',
    'server.port': 443,
    'http.response.status_code': 200,
  };
  const route = { 'holdline.route': 'GET /api/v2/users/me', 'holdline.outcome': 'ok' };
  return async () => {
    http.record(0.02, request);
    call.record(0.02, route);
  };
}

const provider = (options) => new BasicTracerProvider(options);

/** Name, key, and a function that makes the call. */
const CONTESTANTS = [
  ['100 loops without checks', 'loop', noChecks],
  ['100 times the checks of one call', 'checks', checks],
  ['two values of histograms, recorded by the SDK alone', 'records', records],
  ['a call, nobody listens', 'base', () => lineCall(() => undefined)],
  [
    'with empty listeners to `call` and `attempt`',
    'events',
    () =>
      lineCall((line) => {
        line.on('call', () => undefined);
        line.on('attempt', () => undefined);
      }),
  ],
  ['metrics, `httpDuration: false`', 'own', () => metered({ httpDuration: false })],
  ['metrics', 'metrics', () => metered({ httpDuration: true })],
  ['metrics, `callDuration: true`', 'all', () => metered({ httpDuration: true, callDuration: true })],
  [
    'metrics and spans, no tracer provider registered',
    'noop',
    () => metered({ httpDuration: true, traces: true, tracerProvider: trace.getTracerProvider() }),
  ],
  [
    'metrics and spans, not sampled',
    'unsampled',
    () => metered({ httpDuration: true, traces: true, tracerProvider: provider({ sampler: new AlwaysOffSampler() }) }),
  ],
  [
    'metrics and spans, recorded',
    'recorded',
    () => metered({ httpDuration: true, traces: true, tracerProvider: provider({}) }),
  ],
];

/** CPU time of the process in ms, all threads together: other processes of the machine do not count. */
async function measureTime(call, n) {
  const from = process.cpuUsage();
  for (let i = 0; i < n; i++) await call();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1_000;
}

/** Measures in a separate process, so that no contestant suffers from how V8 optimised shared code for another. */
export async function measure({ key, roundMs }) {
  const [, , make] = CONTESTANTS.find(([, one]) => one === key);
  const call = make();
  // Estimates the number of calls per round and warms up the code.
  let n = 8;
  while ((await measureTime(call, n)) < roundMs / 2 && n < 1e7) n *= 2;
  globalThis.gc();
  const ms = await measureTime(call, n * 2);
  return (ms * 1_000) / (n * 2);
}

export async function run({ short }) {
  const rounds = short ? 3 : 5;
  const rows = CONTESTANTS.map(([name, key]) => ({ name, key, us: [] }));
  // The contestants take turns, so that a busy second of the machine does not affect only one of them.
  for (let round = 0; round < rounds; round++) {
    for (const row of rows) {
      const argument = { key: row.key, roundMs: short ? 60 : 400 };
      row.us.push(await runInChild('observers', 'measure', argument, { timeoutMs: 60_000 }));
    }
  }
  return { rounds, rows: rows.map((row) => ({ ...row, us: spread(row.us) })) };
}

export function render({ rounds, rows }) {
  const of = (key) => rows.find((row) => row.key === key).us;
  const added = (key) => of(key).median - of('base').median;
  const body = rows
    .filter(({ key }) => !['loop', 'checks', 'records'].includes(key))
    .map(({ name, key, us }) => [name, withSpread(us), key === 'base' ? '–' : num(added(key))]);
  const unheard = (of('checks').median - of('loop').median) / 100;
  const goal = (value, limit) => `${num(value)} µs, ${value <= limit ? 'within' : 'above'} the target of ${limit} µs`;
  const lines = [
    table(['', `µs of CPU time per call, median of ${rounds} (min–max)`, 'added µs'], body),
    `Sequential calls, each contestant in its own processes. The ${CHECKS.length} checks whether somebody listens, which are the whole cost of ` +
      `observers that are not there, take ${goal(unheard, 0.2)}. Metrics add ${goal(added('metrics'), 3)}, and ${num(added('all'))} µs with ` +
      `\`callDuration\`. The SDK alone takes ${num(of('records').median)} µs to record the two values of the histograms, because it sorts and ` +
      'hashes their attributes each time. The package counts everything else itself, and reports it when it is collected.',
  ];
  return lines.join('\n\n');
}
