// A platform that allows a number of WebSocket upgrades a second and refuses the rest with 429.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

export async function startPlatform({ perSec, burst }) {
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  const stats = { accepted: 0, refused: 0 };
  let tokens = burst;
  let at = performance.now();

  http.on('upgrade', (request, socket, head) => {
    const now = performance.now();
    tokens = Math.min(burst, tokens + ((now - at) * perSec) / 1000);
    at = now;
    if (tokens < 1) {
      stats.refused++;
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    tokens--;
    stats.accepted++;
    sockets.handleUpgrade(request, socket, head, () => undefined);
  });
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${http.address().port}`,
    stats,
    stop() {
      for (const socket of sockets.clients) socket.terminate();
      return new Promise((resolve) => http.close(resolve));
    },
  };
}
