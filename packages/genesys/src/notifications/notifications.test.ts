import { ConfigError } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { setUp } from './feed.fixture.js';
import { notifications } from './notifications.js';
import type { NotificationOptions } from './options.js';

describe('arguments', () => {
  it.each([
    [{ maxChannels: 21 }, 'maxChannels'],
    [{ topicsPerChannel: 0 }, 'topicsPerChannel'],
    [{ resubscribeAfterMs: 90_000_000 }, 'resubscribeAfterMs'],
    [{ handshakes: { pool: 3 } }, 'pool'],
    [{ chanels: 3 }, 'chanels'],
  ])('%j is refused by name', (options, key) => {
    expect(() => setUp(options as NotificationOptions)).toThrow(ConfigError);
    expect(() => setUp(options as NotificationOptions)).toThrow(key);
  });

  it('an unguarded client and a topic that is no text are refused', async () => {
    expect(() => notifications({ callApi: () => undefined })).toThrow('guardGenesys');
    expect(() => notifications(null as never)).toThrow(ConfigError);
    const { feed } = setUp();
    await expect(feed.subscribe([7 as unknown as string])).rejects.toThrow(ConfigError);
  });

  it('a runtime without a WebSocket class gets an error that names the option', () => {
    const { platform } = setUp();
    const had = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket');
    Object.defineProperty(globalThis, 'WebSocket', { value: undefined, configurable: true, writable: true });
    try {
      expect(() => notifications(platform.client)).toThrow('no global WebSocket');
    } finally {
      if (had) Object.defineProperty(globalThis, 'WebSocket', had);
      else delete (globalThis as { WebSocket?: unknown }).WebSocket;
    }
  });
});
