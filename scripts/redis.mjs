// Brings a Redis for the tests: the one on this machine, else one that is installed now. `node scripts/redis.mjs` says what it found.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const NAMES = ['redis-server', 'valkey-server'];

const works = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

const named = () => process.env.REDIS_SERVER;

/** The command that starts a server: REDIS_SERVER, else what the machine has. */
function findServer() {
  return [named(), ...NAMES].find((name) => name && works(name));
}

function install() {
  const isRoot = process.getuid?.() === 0;
  if (process.platform !== 'linux' || !isRoot || !works('apt-get')) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const apt = (...args) => spawnSync('apt-get', [...args], { stdio: 'ignore', env }).status === 0;
  // Without the service that the package starts where there is an init: the tests start their own servers.
  const bring = () => apt('install', '-y', '--no-install-recommends', 'redis-server');
  if (!bring() && apt('update')) bring();
}

/**
 * Sees to it that the tests find a server, and returns its command. They kill, freeze and empty the servers they start
 * themselves, which nobody may do to one that others use: so REDIS_URL is for those tests only that do none of that.
 */
export function bringRedis() {
  if (!findServer()) install();
  const found = findServer();
  if (found) return found;
  const wanted = named() ? `REDIS_SERVER (${named()}) does not run` : `there is no ${NAMES.join(' or ')}`;
  throw new Error(
    `The tests need a Redis they can start: ${wanted}. Install one (apt-get install redis-server, brew install redis), or name it with REDIS_SERVER.`,
  );
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** A Redis of one's own, empty, on a port that was free, for benches and examples to kill and start again. */
export async function startRedis() {
  const command = bringRedis();
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), 'holdline-redis-'));
  let child;
  const start = async () => {
    const options = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir];
    child = spawn(command, options.map(String), { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      output += chunk;
      if (output.includes('Ready to accept connections')) break;
    }
    child.stdout.resume();
    // Its output ends before it is known to have ended.
    if (!output.includes('Ready to accept connections')) throw new Error(`Redis ended: ${output}`);
  };
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    start,
    kill,
    async stop() {
      await kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    console.log(bringRedis());
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
