// Runs the examples, two at a time, each by itself: `node examples/run-all.mjs [name …]`. For CI: exits 1 if one fails. Of
// an example that waits for somebody to look at it, `check.mjs` looks.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MAX_RUN_MS = 300_000;

const root = fileURLToPath(new URL('.', import.meta.url));
const all = readdirSync(root).filter((name) => existsSync(`${root}${name}/index.mjs`));
const names = process.argv.length > 2 ? process.argv.slice(2) : all;
const unknown = names.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`no such example: ${unknown.join(', ')}; there are ${all.join(', ')}`);
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
// They mostly wait. More at once would disturb each other's windows.
await Promise.all([runQueue(), runQueue()]);
console.log(failures === 0 ? `all ${names.length} hold` : `${failures} of ${names.length} failed`);
process.exitCode = failures === 0 ? 0 : 1;
