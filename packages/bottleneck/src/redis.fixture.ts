import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const NAMES = ['redis-server', 'valkey-server'];

function serverBinary(): string {
  const named = process.env['REDIS_SERVER'];
  const found = (named ? [named] : NAMES).find((name) => spawnSync(name, ['--version']).status === 0);
  if (!found) throw new Error(`no ${NAMES.join(' or ')} here: install one, or name it with REDIS_SERVER`);
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

/** Starts a Redis that ends with the test. */
export async function startRedis(port: number): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'holdline-bottleneck-'));
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir];
  const child = spawn(serverBinary(), args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    const ended = once(child, 'exit');
    if (child.kill('SIGKILL')) await ended;
    rmSync(dir, { recursive: true, force: true });
  });
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.includes('Ready to accept connections')) return;
  }
  throw new Error(`Redis ended: ${output}`);
}
