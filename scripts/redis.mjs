// Finds a Redis server for the tests, and installs one where the machine has none. `node scripts/redis.mjs` prints its command.
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { findRedisServer, RedisProcess, SERVER_NAMES } from '../test/servers/src/redis-process.mjs';

function hasApt() {
  return spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;
}

function installRedis() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !hasApt()) return;
  // RUNLEVEL keeps the package from starting its own service: the tests start their own servers.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const runApt = (...args) => spawnSync('apt-get', args, { stdio: 'ignore', env }).status === 0;
  const install = () => runApt('install', '-y', '--no-install-recommends', 'redis-server');
  if (!install() && runApt('update')) install();
}

/**
 * Returns the command of a Redis server. If the machine has none, the function installs one. The tests kill, stop and empty the
 * servers that they start. Tests that do none of this may use a shared server, which REDIS_URL names.
 */
export function bringRedis() {
  const named = process.env.REDIS_SERVER;
  if (!named && !findRedisServer()) installRedis();
  const found = findRedisServer();
  if (found) return found;
  const reason = named
    ? `REDIS_SERVER (${named}) does not run`
    : `this machine has neither ${SERVER_NAMES.join(' nor ')}`;
  throw new Error(
    `The tests need a Redis server that they can start: ${reason}. Install one (apt-get install redis-server, brew install redis), or set REDIS_SERVER to its command.`,
  );
}

/** Starts an empty Redis on a free port. Benchmarks and examples may kill and restart it. */
export async function startRedis() {
  bringRedis();
  const server = await RedisProcess.spawn();
  return {
    url: server.url,
    port: server.port,
    start: () => server.start(),
    kill: () => server.kill(),
    stop: () => server.end(),
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
