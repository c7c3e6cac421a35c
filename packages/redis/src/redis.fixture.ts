import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest';

const NAMES = ['redis-server', 'valkey-server'];

/** The server that `scripts/redis.mjs` found or brought. */
function serverBinary(): string {
  const named = process.env['REDIS_SERVER'];
  const found = (named ? [named] : NAMES).find((name) => spawnSync(name, ['--version']).status === 0);
  if (!found) throw new Error(`no ${NAMES.join(' or ')} here: run node scripts/redis.mjs`);
  return found;
}

/** A port that nobody uses now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A Redis of the test's own, to be killed, frozen and emptied. Ends with the test. */
export class RedisServer {
  #child: ChildProcess | undefined = undefined;

  constructor(
    readonly port: number,
    readonly args: readonly string[],
    readonly dir: string,
  ) {}

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, empty. */
  async start(): Promise<void> {
    const fixed = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      this.dir,
    ];
    const child = spawn(serverBinary(), [...fixed, ...this.args], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      let output = '';
      child.stdout.on('data', (chunk) => {
        output += String(chunk);
        if (/Ready to accept connections/.test(output)) resolve();
      });
      child.on('exit', () => reject(new Error(`Redis ended: ${output}`)));
      child.on('error', reject);
    });
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(name);
  }

  /** Kills it as a crash would. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Starts a Redis that ends with `end()`. */
export async function spawnRedis(...args: string[]): Promise<RedisServer> {
  const dir = mkdtempSync(join(tmpdir(), 'holdline-redis-'));
  const server = new RedisServer(await freePort(), args, dir);
  await server.start();
  return server;
}

/** Starts a Redis that ends with the test. */
export async function startRedis(...args: string[]): Promise<RedisServer> {
  const server = await spawnRedis(...args);
  onTestFinished(() => server.end());
  return server;
}

/** A Redis for all tests of a file, empty before each. */
export function redisOfFile(): { readonly server: RedisServer; readonly redis: Redis } {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await spawnRedis();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.end();
  });
  beforeEach(() => redis.flushall());
  return {
    get server() {
      return server;
    },
    get redis() {
      return redis;
    },
  };
}

/** Starts a cluster of one node, which ends with the test. */
export async function startCluster(): Promise<RedisServer> {
  const node = await startRedis('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1');
  const redis = new Redis(node.url);
  // ADDSLOTSRANGE is of Redis 7.
  await redis.call('CLUSTER', 'ADDSLOTS', ...Array.from({ length: 16_384 }, (_, slot) => String(slot)));
  for (let state = ''; !state.includes('cluster_state:ok'); await new Promise((resolve) => setTimeout(resolve, 50)))
    state = String(await redis.call('CLUSTER', 'INFO'));
  redis.disconnect();
  return node;
}

/** A TCP proxy before a Redis: to cut the network, silently or not, and to add latency. */
export async function startProxy(
  port: number,
  latencyMs = 0,
  /** Whether the connection is to be cut instead of passing on what the client sends. */
  breaks: (sent: string) => boolean = () => false,
): Promise<{ port: number; cut(): void; mend(): void; leadTo(port: number): void }> {
  let target = port;
  let isCut = false;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    const forward = (from: Socket, to: Socket): void => {
      sockets.add(from);
      from.on('data', (chunk: Buffer) => {
        if (from === near && breaks(chunk.toString('latin1'))) return void near.destroy();
        // Swallowed, as by a firewall that forgot the connection: nobody is told.
        if (isCut || from.listenerCount('cut') > 0) return;
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
      // What went through before stays dead after it is mended.
      for (const socket of sockets) socket.on('cut', () => undefined);
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
