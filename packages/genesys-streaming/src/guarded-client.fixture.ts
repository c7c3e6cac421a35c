import { holdlineOf } from '@holdline/core';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import { guardStreaming, handshakesOn, type StreamingConfig } from './index.js';
import type { RequestOptions } from './sdk.js';
import { fakeClient, type Fate } from './streaming-client.fixture.js';

/** A guarded streaming client on a virtual clock. */
export function setUp(config: StreamingConfig = {}, fates: Fate[] = []) {
  const clock = new VirtualClock();
  const fake = fakeClient(fates);
  const ports = { clock, random: seededRandom(1) };
  guardStreaming(fake.client, { ...ports, ...config });
  const line = holdlineOf(fake.client)!;
  return { clock, line, handshakes: handshakesOn(line), ...fake };
}

/** Options of an HTTP request of the SDK. */
export const requestOptions = (more: object = {}): RequestOptions => ({
  method: 'get',
  host: 'mypurecloud.com',
  authToken: 't1',
  ...more,
});
