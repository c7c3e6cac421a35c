// A WebSocket server that refuses upgrades beyond a token bucket and reports the frames it receives.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

/** A token bucket with the capacity `burst` that refills with `perSec` per second. */
export function bucket(perSec, burst) {
  let tokens = burst;
  let at = performance.now();
  return () => {
    const now = performance.now();
    tokens = Math.min(burst, tokens + ((now - at) * perSec) / 1000);
    at = now;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
}

export async function startServer({ takeUpgrade = () => true, onFrame = () => undefined, deflate = false } = {}) {
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: deflate });
  const stats = { accepted: 0, refused: 0 };
  http.on('upgrade', (request, socket, head) => {
    if (!takeUpgrade()) {
      stats.refused++;
      socket.on('error', () => undefined);
      return socket.end(
        'HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
      );
    }
    stats.accepted++;
    return sockets.handleUpgrade(request, socket, head, (peer) => {
      peer.on('error', () => undefined);
      peer.on('message', (data) => onFrame(data, peer));
    });
  });
  await new Promise((resolve) => http.listen(0, '127.0.0.1', 2_048, resolve));
  return {
    url: `ws://127.0.0.1:${http.address().port}`,
    stats,
    stop() {
      for (const peer of sockets.clients) peer.terminate();
      return new Promise((resolve) => http.close(resolve));
    },
  };
}

/** Opens sockets in groups, one group after the other, before the measurement. */
export async function openAll(make, many) {
  const sockets = [];
  while (sockets.length < many) {
    const group = Array.from({ length: Math.min(50, many - sockets.length) }, make);
    await Promise.all(group.map((socket) => new Promise((resolve) => socket.on('open', resolve))));
    sockets.push(...group);
  }
  return sockets;
}
