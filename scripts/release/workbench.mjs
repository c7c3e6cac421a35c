// What a rehearsal works with: a temporary folder, a local registry, commands in a clean environment, and checks with one line each.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRegistry } from './registry.mjs';

const COMMAND_MS = 300_000;
/** The only variables that commands get from the user. */
const KEPT = [
  ...['PATH', 'LANG', 'SystemRoot', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ...['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'],
];

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
export const writeJson = (path, value) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);

/** The folder of this rehearsal. It is removed when the process ends, and with it everything that still runs is ended. */
export const work = realpathSync(mkdtempSync(join(tmpdir(), 'holdline-rehearsal-')));
const children = new Set();
process.on('exit', () => {
  for (const child of children)
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended, or never started.
    }
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

export const registry = await startRegistry(join(work, 'registry'));

/** An empty home and empty caches, so that commands see nothing of the user's configuration. */
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => KEPT.includes(name))),
  HOME: registry.home,
  CI: 'true',
  TMPDIR: work,
  npm_config_cache: join(work, 'cache/npm'),
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
  YARN_CACHE_FOLDER: join(work, 'cache/yarn'),
  YARN_REGISTRY: registry.url,
};

/**
 * Runs a command. Resolves with its output, or rejects with it. With `fails`, the command has to fail. `onOutput` gets the output so far
 * and the process.
 */
export function run(command, args, { cwd = work, fails = false, onOutput } = {}) {
  const stdio = ['ignore', 'pipe', 'pipe'];
  // A process group of its own, so that its children end with it.
  const child = spawn(command, args, { cwd, env, stdio, timeout: COMMAND_MS, detached: true });
  children.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
      onOutput?.(output, child);
    });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      children.delete(child);
      if ((code === 0) !== fails) resolve(output);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}\n${output}`));
    });
  });
}
export const node = (args, options) => run(process.execPath, args, options);
export const npm = (args, cwd) => run('npm', args, { cwd });

const started = performance.now();
const secondsSince = (start) => `${((performance.now() - start) / 1000).toFixed(0)} s`;
const counts = { passed: 0, failed: 0 };

/** Runs a check and prints its line. The check may return text for the line. Resolves with whether it passed. */
export async function check(title, perform) {
  const start = performance.now();
  try {
    const text = await perform();
    counts.passed++;
    console.log(`ok      ${title}${typeof text === 'string' ? `: ${text}` : ''} (${secondsSince(start)})`);
    return true;
  } catch (error) {
    counts.failed++;
    const lines = error.message.trim().split('\n').slice(-40);
    console.log(`FAILED  ${title} (${secondsSince(start)})\n${lines.join('\n').replace(/^(?=.)/gm, '        ')}`);
    return false;
  }
}

/** Stops the registry and prints the total. */
export async function finish() {
  await registry.stop();
  console.log(`release rehearsal: ${counts.passed} passed, ${counts.failed} failed in ${secondsSince(started)}`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
}
