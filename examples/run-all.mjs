// Runs the examples, two at a time, each by itself: `node examples/run-all.mjs [name …]`. For CI: exits 1 if one fails. Of
// an example that waits for somebody to look at it, `check.mjs` looks.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LONGEST_MS = 300_000;

const root = fileURLToPath(new URL('.', import.meta.url));
const all = readdirSync(root).filter((name) => existsSync(`${root}${name}/index.mjs`));
const names = process.argv.length > 2 ? process.argv.slice(2) : all;
const unknown = names.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`no such example: ${unknown.join(', ')}; there are ${all.join(', ')}`);
  process.exit(1);
}

function run(name) {
  const started = performance.now();
  const file = existsSync(`${root}${name}/check.mjs`) ? 'check.mjs' : 'index.mjs';
  const child = spawn(process.execPath, [file], {
    cwd: `${root}${name}`,
    timeout: LONGEST_MS,
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

const width = Math.max(...names.map((name) => name.length));
let failures = 0;
const waiting = [...names];
async function runAll() {
  for (let name = waiting.shift(); name; name = waiting.shift()) {
    const { code, output, seconds } = await run(name);
    console.log(`${name.padEnd(width)}  exit ${code}  ${seconds.toFixed(1)} s`);
    if (code === 0) continue;
    failures++;
    console.log(output.replace(/^(?=.)/gm, '    '));
  }
}
// They mostly wait. More at once would disturb each other's windows.
await Promise.all([runAll(), runAll()]);
console.log(failures === 0 ? `all ${names.length} hold` : `${failures} of ${names.length} failed`);
process.exitCode = failures === 0 ? 0 : 1;
