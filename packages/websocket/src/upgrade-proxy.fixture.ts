import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';

/** A server for WebSockets that asks an HTTP server about each upgrade. */
export interface UpgradeProxy {
  /** Address for WebSockets. */
  readonly url: string;
  close(): Promise<void>;
}

/** Headers of one connection, which this server does not pass on. */
const OWN_HEADERS = ['connection', 'content-length', 'transfer-encoding', 'keep-alive', 'upgrade'];

/**
 * Starts a server for WebSockets in front of an HTTP server. Each upgrade becomes one GET of the same path and headers. The upgrade is
 * accepted if the answer is a 200, and refused with any other answer. If the HTTP server breaks the connection, so does this server.
 */
export async function startUpgradeProxy(httpUrl: string): Promise<UpgradeProxy> {
  const sockets = new WebSocketServer({ noServer: true });
  const open = new Set<Duplex>();
  const server = createServer();
  server.on('upgrade', (upgrade: IncomingMessage, socket: Duplex, head: Buffer) => {
    open.add(socket);
    const headers = Object.entries(upgrade.headers).filter(([name]) => !OWN_HEADERS.includes(name));
    const asking = request(httpUrl + upgrade.url!, { headers: Object.fromEntries(headers), agent: false }, (answer) => {
      answer.resume().on('error', () => socket.destroy());
      if (answer.statusCode === 200) {
        sockets.handleUpgrade(upgrade, socket, head, (accepted) => sockets.emit('connection', accepted));
        return;
      }
      const lines = [`HTTP/1.1 ${answer.statusCode} Refused`, 'connection: close', 'content-length: 0'];
      for (const [name, value] of Object.entries(answer.headers))
        if (!OWN_HEADERS.includes(name)) lines.push(`${name}: ${String(value)}`);
      answer.on('end', () => socket.end(`${lines.join('\r\n')}\r\n\r\n`));
    });
    asking.on('error', () => socket.destroy());
    asking.end();
    // A socket that nobody reads does not notice its end. A client sends nothing before the upgrade.
    socket.resume();
    socket.on('end', () => asking.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => {
      open.delete(socket);
      asking.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
