import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { memoryStore } from '@holdline/core';
import { inbox, nodeMount, standardWebhooks } from '@holdline/inbox';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { until } from '../support.js';
import { LeapingClock } from './clock.js';
import { prepareProcess, SCENARIOS } from './scenarios.js';
import { DOOR_FAULTS } from './table.mjs';

beforeAll(prepareProcess);

const SECRET = Buffer.alloc(32, 5).toString('base64');
const BODY = JSON.stringify({ type: 'message', text: 'hello' });
const HOUR = 3_600_000;

/** The head of a signed request. */
function headOf(id: string, signature?: string): string {
  const timestamp = `${Math.floor(Date.now() / 1_000)}`;
  const valid = createHmac('sha256', Buffer.from(SECRET, 'base64')).update(`${id}.${timestamp}.${BODY}`);
  const lines = ['POST / HTTP/1.1', 'host: door.test', 'connection: close', 'content-type: application/json'];
  lines.push(`content-length: ${BODY.length}`, `webhook-id: ${id}`, `webhook-timestamp: ${timestamp}`);
  lines.push(`webhook-signature: ${signature ?? `v1,${valid.digest('base64')}`}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Sends bytes, and returns what the sender gets: the status, with Retry-After or without, or nothing. */
async function send(port: number, text: string, then: (socket: Socket) => unknown = () => undefined): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString()));
  const closed = new Promise<void>((resolve) => socket.once('end', resolve).once('close', () => resolve()));
  socket.on('error', () => undefined);
  socket.write(text, () => void then(socket));
  await closed;
  socket.destroy();
  const [, status = 'none'] = /^HTTP\/1.1 (\d+)/.exec(answer) ?? [];
  return /\r\nretry-after: \d+/i.test(answer) ? `${status} with Retry-After` : status;
}

test.each(DOOR_FAULTS)('$name: $answer', async ({ name, answer, stored }) => {
  const clock = new LeapingClock();
  const opened = await SCENARIOS[name]?.openStore?.();
  const handled: string[] = [];
  const accepted: string[] = [];
  const events = inbox({
    store: opened?.store ?? memoryStore(),
    clock,
    verify: standardWebhooks({ secret: SECRET }),
    http: { bodyTimeoutMs: 500 },
    handle: ({ event }) => void handled.push(event.id),
  });
  events.on('accepted', ({ id }) => void accepted.push(id));
  let answered = 0;
  const mounted = nodeMount(events.fetch);
  const server = createServer((request, response) => {
    response.once('close', () => answered++);
    mounted(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    SCENARIOS[name]?.end?.();
    await events.close();
    await opened?.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const id = `event-${name.replaceAll(/\W/g, '-')}`;
  const half = headOf(id) + BODY.slice(0, 10);
  const whole = headOf(id) + BODY;

  const play = async (): Promise<string> => {
    switch (name) {
      case 'sender aborts the request':
        return send(port, half, (socket) => setTimeout(() => socket.resetAndDestroy(), 50));
      case 'slow drip of the sender':
        return send(port, half);
      case 'truncated body of the sender':
        return send(port, half, (socket) => socket.end());
      case 'wrong signature':
        return send(port, headOf(id, ',,;v1=%00') + BODY);
      case 'garbage headers':
        return send(port, headOf(id, '\u0001,,;v1=%00') + BODY);
      case 'sender leaves before the answer':
        return send(port, whole, (socket) => void events.on('accepted', () => void socket.resetAndDestroy()));
      case 'clock jumps 1 h forward': {
        clock.jumpWall(HOUR);
        return send(port, whole).finally(() => clock.jumpWall(-HOUR));
      }
      default: {
        await opened?.breakDown();
        const got = await send(port, whole);
        await opened?.mend();
        return got;
      }
    }
  };
  expect(await play()).toBe(answer);
  await until(() => answered > 0 || answer !== 'none');
  expect(accepted).toHaveLength(stored);

  // The sender repeats the event until it is told that the event is stored.
  await until(async () => /^20[02]$/.test(await send(port, headOf(id) + BODY)));
  await until(() => handled.length > 0);
  await events.drain();
  expect(handled).toEqual([id]);
});
