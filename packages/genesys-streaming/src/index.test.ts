import { ConfigError, createHoldline, holdlineOf, release } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { guardStreaming, guardWebrtc } from './index.js';
import { fakeClient } from './streaming-client.fixture.js';

describe('arguments', () => {
  it('a wrong client or configuration is a ConfigError that names it', () => {
    expect(() => guardStreaming({})).toThrow('guardStreaming');
    expect(() => guardStreaming(null as never)).toThrow(ConfigError);
    expect(() => guardWebrtc({})).toThrow('guardWebrtc');
    const { client } = fakeClient();
    expect(() => guardStreaming(client, { handshakes: { pool: 3 } } as never)).toThrow('pool');
    expect(() => guardStreaming(client, { handshake: {} } as never)).toThrow('handshake');
    expect(() => guardStreaming(client, 7 as never)).toThrow(ConfigError);
    expect(holdlineOf(client)).toBeUndefined();
  });

  it('a second guard with another configuration or line is a ConfigError, and the same one has no effect', () => {
    const { client } = fakeClient();
    const sdk = { _config: {}, _http: { requestApi: () => Promise.resolve() }, _streamingConnection: undefined };
    for (const [guard, target] of [
      [guardStreaming, client],
      [guardWebrtc, sdk],
    ] as const) {
      guard(target as object, { retry: { maxAttempts: 2 } });
      const line = holdlineOf(target);
      for (const same of [undefined, { retry: { maxAttempts: 2 } }, line])
        expect(guard(target as object, same)).toBe(target);
      for (const another of [{ retry: false as const }, createHoldline()])
        expect(() => guard(target as object, another)).toThrow('is guarded with another configuration');
      expect(holdlineOf(target)).toBe(line);
      release(target);
    }
  });
});
