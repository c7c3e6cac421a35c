// Plain JavaScript without dependencies: scripts/redis.mjs uses this file before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess, freePort } from './process.mjs';

export const SERVER_NAMES = ['redis-server', 'valkey-server'];

export function findRedisServer() {
  const named = process.env.REDIS_SERVER;
  const names = named ? [named] : SERVER_NAMES;
  return names.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
}

export class RedisProcess {
  #child = undefined;

  constructor(port, args) {
    this.port = port;
    this.args = args;
    this.dir = mkdtempSync(join(tmpdir(), 'holdline-redis-'));
  }

  static async spawn(...args) {
    const server = new RedisProcess(await freePort(), args);
    await server.start();
    return server;
  }

  get url() {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start() {
    const command = findRedisServer();
    if (!command) throw new Error(`no ${SERVER_NAMES.join(' or ')} on this machine: run node scripts/redis.mjs`);
    const fixed = ['--port', this.port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', this.dir];
    const child = spawn(command, [...fixed, ...this.args].map(String), { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    await new Promise((resolve, reject) => {
      let output = '';
      child.stdout.on('data', (chunk) => {
        output += chunk;
        if (output.includes('Ready to accept connections')) resolve();
      });
      // `close` comes after the whole output, `exit` may come before it.
      child.on('close', () => reject(new Error(`Redis ended: ${output}`)));
      child.on('error', reject);
    });
  }

  signal(name) {
    this.#child?.kill(name);
  }

  async kill() {
    const child = this.#child;
    this.#child = undefined;
    await endProcess(child, 'SIGKILL');
  }

  async end() {
    await this.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
