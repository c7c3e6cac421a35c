import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ConfigError, createHoldline } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { metrics } from '@opentelemetry/api';
import { expect, onTestFinished, test } from 'vitest';
import { hubOf } from './hub.js';
import { telemetry } from './telemetry.js';
import { callOf, setUp, TestMeters } from './telemetry.fixture.js';

test('two lines without names are counted together, names keep them apart', async () => {
  const meters = new TestMeters();
  const lines = [setUp({}, {}, meters), setUp({}, {}, meters), setUp({}, { name: 'genesys' }, meters)];
  const done = Promise.all(lines.map(({ call }) => call('/users')));
  for (const { clock } of lines) await clock.advance(100);
  await done;
  expect(await meters.read('holdline.calls')).toEqual({
    'route=GET /users,outcome=ok': 2,
    'route=GET /users,outcome=ok,line=genesys': 1,
  });
  expect(await meters.read('holdline.calls.active')).toEqual({ '': 0, 'line=genesys': 0 });
});

test('many short-lived lines leave their counts and nothing else', async () => {
  const meters = new TestMeters();
  for (let i = 0; i < 1_000; i++) {
    const { call, clock, line, stop } = setUp({}, {}, meters);
    const done = call('/users');
    await clock.advance(30);
    await done;
    if (i % 2 === 0) stop();
    else await Promise.all([line.close(), clock.advance(10)]);
  }
  expect(hubOf(meters.provider)?.size).toBe(0);
  expect(await meters.read('holdline.calls')).toEqual({ 'route=GET /users,outcome=ok': 1_000 });
});

test('a line that nobody uses any more is not kept in memory', async () => {
  const meters = new TestMeters();
  let made: WeakRef<object> | undefined;
  (() => {
    const line = createHoldline();
    telemetry(line, { meterProvider: meters.provider });
    made = new WeakRef(line);
  })();
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  await new Promise((resolve) => setImmediate(resolve));
  gc();
  expect(made?.deref()).toBeUndefined();
  await meters.collect();
  expect(hubOf(meters.provider)?.size).toBe(0);
});

test('after the end nothing is counted, and telemetry can start again', async () => {
  const { call, clock, line, meters, stop } = setUp();
  stop();
  stop();
  const done = call('/users');
  await clock.advance(100);
  await done;
  expect(await meters.read('holdline.calls')).toEqual({});
  telemetry(line, { meterProvider: meters.provider });
  const again = call('/users');
  await clock.advance(100);
  await again;
  expect(await meters.read('holdline.calls')).toEqual({ 'route=GET /users,outcome=ok': 1 });
});

test('a second telemetry on a line is an error, because its calls would count twice', () => {
  const { line, meters } = setUp();
  expect(() => telemetry(line, { meterProvider: meters.provider })).toThrow(ConfigError);
  expect(() => telemetry({} as never)).toThrow('line must be a line made by createHoldline()');
});

test('a global meter provider may be registered later', async () => {
  const clock = new VirtualClock();
  const other = createHoldline({ clock });
  const stop = telemetry(other);
  onTestFinished(stop);
  const before = callOf(other, clock, '/users');
  await clock.advance(100);
  await before;
  const meters = new TestMeters();
  metrics.setGlobalMeterProvider(meters.provider);
  onTestFinished(() => metrics.disable());
  const after = callOf(other, clock, '/users');
  await clock.advance(100);
  await after;
  expect(await meters.read('holdline.calls')).toEqual({ 'route=GET /users,outcome=ok': 1 });
});

test('a provider that was shut down, and a snapshot that fails, disturb no call', async () => {
  const meters = new TestMeters();
  await meters.provider.shutdown();
  const { call, clock, line } = setUp({}, {}, meters);
  const done = call('/users');
  await clock.advance(100);
  expect(await done).toEqual({ status: 200 });
  expect(line.snapshot().listenerFailures).toBe(0);

  const broken = setUp();
  broken.line.snapshot = () => {
    throw new Error('broken');
  };
  const called = broken.call('/users');
  await broken.clock.advance(100);
  await called;
  expect(await broken.meters.read('holdline.calls')).toEqual({ 'route=GET /users,outcome=ok': 1 });
});

test('a listener that throws does not change the counts', async () => {
  const { call, clock, line, meters } = setUp();
  line.on('call', () => {
    throw new Error('of the user');
  });
  const done = call('/users');
  await clock.advance(100);
  await done;
  expect(await meters.read('holdline.calls')).toEqual({ 'route=GET /users,outcome=ok': 1 });
});

test('a clock that jumps makes no negative time', async () => {
  const { call, clock, meters } = setUp({ governor: { gateJitterMs: 0 } });
  void call('/users', [[429, { 'retry-after': '30' }], 200]);
  await clock.advance(20);
  clock.jumpWall(3_600_000);
  for (const value of Object.values(await meters.read('holdline.gate.time_to_open'))) expect(value).toBe(0);
});

test.each([
  [{ nmae: 'x' }, 'options.nmae is not known'],
  [{ name: '' }, 'options.name must be a string that is not empty'],
  [{ maxSeries: 0 }, 'options.maxSeries must be an integer of at least 1 and at most 100000, got 0'],
  [{ httpDuration: 'yes' }, "options.httpDuration must be true, false or 'auto'"],
  [{ httpDuration: 1 }, "options.httpDuration must be true, false or 'auto'"],
  [{ traces: 'all' }, "options.traces must be true, false or 'calls'"],
  [{ meterProvider: {} }, 'options.meterProvider must be a meter provider with getMeter'],
  [{ tracerProvider: 1 }, 'options.tracerProvider must be a tracer provider with getTracer'],
  [{ propagate: ['nowhere'], traces: true }, 'options.propagate[0] must be an origin'],
  [{ propagate: true }, 'options.propagate needs options.traces: true'],
  [{ propagate: true, traces: 'calls' }, 'options.propagate needs options.traces: true'],
  [{ clock: 1 }, 'options.clock must be a clock'],
  [null, 'options must be an object'],
])('options %j: %s', (options, message) => {
  expect(() => telemetry(createHoldline(), options as never)).toThrow(message);
});
