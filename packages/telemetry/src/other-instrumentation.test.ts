import { createNoopMeter, type MeterProvider as Api } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { isHttpMeasuredElsewhere } from './other-instrumentation.js';
import { setUp, TestMeters } from './telemetry.fixture.js';

const UNDICI = '@opentelemetry/instrumentation-undici';

test.each([UNDICI, '@opentelemetry/instrumentation-http'])('finds the histogram of %s', (scope) => {
  const { provider } = new TestMeters();
  provider.getMeter('of the application').createHistogram('http.client.request.duration');
  expect(isHttpMeasuredElsewhere(provider)).toBe(false);
  provider.getMeter(scope, '1.0.0').createHistogram('http.server.request.duration');
  expect(isHttpMeasuredElsewhere(provider)).toBe(false);
  provider.getMeter(scope, '1.0.0').createHistogram('http.client.request.duration');
  expect(isHttpMeasuredElsewhere(provider)).toBe(true);
});

test('finds nothing in another implementation of the API', () => {
  const getMeter: Api['getMeter'] = () => createNoopMeter();
  expect(isHttpMeasuredElsewhere({ getMeter })).toBe(false);
  expect(isHttpMeasuredElsewhere({ getMeter, _sharedState: { meterSharedStates: 1 } } as Api)).toBe(false);
  const unknown = new Map<unknown, unknown>([[`${UNDICI}:1:`, undefined]]);
  expect(isHttpMeasuredElsewhere({ getMeter, _sharedState: { meterSharedStates: unknown } } as Api)).toBe(true);
});

test('auto leaves the histogram out from the next collection on, and true keeps it', async () => {
  for (const [httpDuration, expected] of [
    ['auto', 1],
    [true, 2],
  ] as const) {
    const { call, clock, meters } = setUp({}, { httpDuration });
    const first = call('/users');
    await clock.advance(100);
    await first;
    meters.provider.getMeter(UNDICI, '1.0.0').createHistogram('http.client.request.duration');
    await meters.collect();
    const second = call('/users');
    await clock.advance(100);
    await second;
    expect(Object.values(await meters.read('http.client.request.duration'))).toEqual([expected]);
  }
});
