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
// Node has a global class since version 22. other-nodes.mjs runs this file with Node 22.
if (Global) classes.push(["Node's own", Global]);

describe.each(classes)('the guarded class in Node: %s', (kind, Native) => {
  test.each(WEBSOCKET_CASES)('$name', async ({ run, expected }) => {
    expect(await run(Native, server.url)).toEqual(expected);
  });

  test('opens 100 simultaneous sockets under a limit without a refusal, while most native sockets are refused', async () => {
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

  test('sends nothing for a socket that closes while it waits', () => {
    expect(server.refused('while-it-waits')).toBe(0);
  });
});
