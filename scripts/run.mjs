// Runs `npm start`, `npm test` and `npm run test:more` on a machine that has only Node and npm. The script gets pnpm, installs the
// dependencies with the frozen lockfile, builds stale packages, provides Redis, NGINX and HAProxy for tests, and runs the job.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bringHaproxy } from './haproxy.mjs';
import { bringNginx } from './nginx.mjs';
import { bringRedis } from './redis.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { packageManager, engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Holdline needs Node ${engines.node}. This is Node ${process.version}.`);
  process.exit(1);
}

/** Runs a command. If the command fails, this process exits with its status. `quiet` shows the output only of a failed command. */
function run(title, command, args, { quiet = false } = {}) {
  if (quiet) process.stdout.write(`${title} … `);
  else console.log(`\n${title}`);
  const started = performance.now();
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
    maxBuffer: 64 * 2 ** 20,
    encoding: 'utf8',
  });
  if (quiet && status === 0) console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
  if (status === 0) return;
  if (quiet) console.log(`\n${stdout ?? ''}${stderr ?? ''}`);
  console.error(error ? `${command} cannot be run: ${error.message}` : `${title} failed.`);
  process.exit(status ?? 1);
}

// npx fetches the pnpm version that the workspace names, because some machines have no corepack.
const pnpm = (title, args, options) => run(title, 'npx', ['--yes', packageManager, ...args], options);

function setUp() {
  pnpm('Installing', ['install', '--frozen-lockfile', '--prefer-offline'], { quiet: true });
  pnpm('Building', ['exec', 'turbo', 'run', 'build', '--output-logs=errors-only'], { quiet: true });
}

/** Provides the servers of the tests and runs a group of checks. */
function check(title, group) {
  setUp();
  try {
    console.log(`Redis … ${bringRedis()}`);
    console.log(`NGINX … ${bringNginx().command}`);
    console.log(`HAProxy … ${bringHaproxy().command}`);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
  pnpm(title, ['exec', 'node', 'scripts/check.mjs', group]);
}

const jobs = {
  start() {
    setUp();
    run('Demo', process.execPath, ['examples/demo/index.mjs']);
  },
  test() {
    check('Checks and tests', 'test');
  },
  more() {
    check('Long tests', 'more');
  },
};

const job = jobs[process.argv[2]];
if (!job) {
  console.error(`usage: node scripts/run.mjs ${Object.keys(jobs).join(' | ')}`);
  process.exit(1);
}
job();
