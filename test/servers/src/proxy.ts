import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A TCP proxy before a server. */
export interface Proxy {
  readonly port: number;
  /** Drops all bytes from now on and closes nothing, like a firewall that forgot its connections. */
  cut(): void;
  /** Forwards the bytes of new connections again. Connections that were cut stay silent. */
  mend(): void;
  /** Forwards to another port from now on, and closes all connections. */
  leadTo(port: number): void;
}

/** Starts a TCP proxy that ends with the test. */
export async function startProxy(
  port: number,
  latencyMs = 0,
  /** Returns true to close the connection instead of forwarding these bytes of the client. */
  breaks: (sent: string) => boolean = () => false,
): Promise<Proxy> {
  let target = port;
  let isCut = false;
  const sockets = new Set<Socket>();
  const silenced = new WeakSet<Socket>();
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    const forward = (from: Socket, to: Socket): void => {
      sockets.add(from);
      from.on('data', (chunk: Buffer) => {
        if (from === near && breaks(chunk.toString('latin1'))) return void near.destroy();
        if (isCut || silenced.has(from)) return;
        if (latencyMs === 0) to.write(chunk);
        else setTimeout(() => to.destroyed || to.write(chunk), latencyMs);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    };
    forward(near, far);
    forward(far, near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      for (const socket of sockets) silenced.add(socket);
    },
    mend() {
      isCut = false;
    },
    leadTo(other) {
      target = other;
      for (const socket of sockets) socket.destroy();
    },
  };
}
