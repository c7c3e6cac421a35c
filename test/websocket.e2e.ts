import { guardWebSocket } from '@holdline/websocket';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket as WsSocket } from 'ws';
import { openMany, WEBSOCKET_CASES } from './websocket-cases.js';
import { LIMIT, startWebSocketServer } from './websocket-server.js';

let server: Awaited<ReturnType<typeof startWebSocketServer>>;
beforeAll(async () => void (server = await startWebSocketServer()));
afterAll(() => server.stop());

const { WebSocket: Global } = globalThis as { WebSocket?: typeof WebSocket };
const classes: [string, typeof WebSocket][] = [['ws', WsSocket as unknown as typeof WebSocket]];
// Node has a global class since 22; other-nodes.mjs runs this file there.
if (Global) classes.push(["Node's own", Global]);

describe.each(classes)('the guarded class in Node: %s', (kind, Native) => {
  test.each(WEBSOCKET_CASES)('$name', async ({ run, expected }) => {
    expect(await run(Native, server.url)).toEqual(expected);
  });

  test('100 simultaneous sockets and a limit: none is refused; native: most are', async () => {
    const bare = `${kind[0]}-bare`;
    const guarded = `${kind[0]}-guarded`;
    const open = await openMany(Native, `${server.url}/limited/${bare}`, 100);
    expect(open).toBe(100 - server.refused(bare));
    expect(open).toBeLessThan(100);
    const quotas = [{ limit: LIMIT.perSec, windowMs: 1_000, enforcement: 'bucket' as const, burst: LIMIT.burst }];
    const Guarded = guardWebSocket(Native, { handshakes: { quotas } });
    expect(await openMany(Guarded, `${server.url}/limited/${guarded}`, 100)).toBe(100);
    expect(server.refused(guarded)).toBe(0);
  });

  test('a socket that was closed while it waited sent nothing', () => {
    expect(server.refused('while-it-waits')).toBe(0);
  });
});
