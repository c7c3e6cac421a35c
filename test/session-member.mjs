// One process of a fleet. It opens a session on command and reports the events of its socket.
import { once } from 'node:events';
import { guardWebSocket } from '@holdline/websocket';
import { redisStore } from '@holdline/redis';
import WebSocket from 'ws';

const { redis, url, secondSession, sessionClaimMs } = JSON.parse(process.argv[2]);
const store = redisStore({ url: redis });
const Guarded = guardWebSocket(WebSocket, {
  handshakes: { sessionKey: () => 'alice', secondSession, sessionClaimMs },
  store,
});
process.on('unhandledRejection', (error) => process.send({ event: 'unhandled', message: String(error) }));

let socket;
process.on('message', async (command) => {
  if (command === 'connect') {
    socket = new Guarded(url);
    socket.on('open', () => process.send({ event: 'open' }));
    socket.on('error', (error) => process.send({ event: 'error', message: error.message }));
    socket.on('close', (code) => process.send({ event: `close ${code}` }));
  } else if (command === 'close') {
    socket.close(1000);
  } else {
    if (socket && socket.readyState !== WebSocket.CLOSED) {
      const closed = once(socket, 'close');
      socket.terminate();
      await closed;
    }
    await store.close();
    // From here on, Holdline must not keep the process alive.
    process.disconnect();
  }
});
process.send({ event: 'ready' });
