import { ConfigError, holdlineOf } from '@holdline/core';
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
});
