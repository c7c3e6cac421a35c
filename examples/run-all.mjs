// Runs the examples, two at a time: `node examples/run-all.mjs [name …]`. Exits 1 if one fails, for CI. An interactive example
// has a `check.mjs`, which runs instead of `index.mjs`.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MAX_RUN_MS = 300_000;

const root = fileURLToPath(new URL('.', import.meta.url));
const all = readdirSync(root).filter((name) => existsSync(`${root}${name}/index.mjs`));
const names = process.argv.length > 2 ? process.argv.slice(2) : all;
const unknown = names.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`unknown example: ${unknown.join(', ')}; the examples are ${all.join(', ')}`);
  process.exit(1);
}

function runExample(name) {
  const started = performance.now();
  const file = existsSync(`${root}${name}/check.mjs`) ? 'check.mjs' : 'index.mjs';
  const child = spawn(process.execPath, [file], {
    cwd: `${root}${name}`,
    timeout: MAX_RUN_MS,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => {
    child.on('close', (code, signal) =>
      resolve({ code: code ?? signal, output, seconds: (performance.now() - started) / 1000 }),
    );
  });
}

const nameWidth = Math.max(...names.map((name) => name.length));
let failures = 0;
const queue = [...names];
async function runQueue() {
  for (let name = queue.shift(); name; name = queue.shift()) {
    const { code, output, seconds } = await runExample(name);
    console.log(`${name.padEnd(nameWidth)}  exit ${code}  ${seconds.toFixed(1)} s`);
    if (code === 0) continue;
    failures++;
    console.log(output.replace(/^(?=.)/gm, '    '));
  }
}
// Examples mostly wait. More than two at a time would disturb each other's windows.
await Promise.all([runQueue(), runQueue()]);
console.log(failures === 0 ? `all ${names.length} passed` : `${failures} of ${names.length} failed`);
process.exitCode = failures === 0 ? 0 : 1;
