// Runs the examples, two at a time: `node examples/run-all.mjs [name …]`. Exits 1 if one fails, for CI. `--check` runs none of them.
// - An interactive example has a `check.mjs`, which runs instead of `index.mjs`.
// - The output of an example says first what it shows. Its last line says whether that held.
// - The index in README.md lists exactly the examples. Each has a README of its own.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MAX_RUN_MS = 300_000;
/** Folders without an example: shared code, and recipes, which the pages of the docs describe. */
const OTHER_FOLDERS = ['agent-page', 'node_modules', 'recipes'];

const root = fileURLToPath(new URL('.', import.meta.url));
const all = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !OTHER_FOLDERS.includes(entry.name))
  .map(({ name }) => name)
  .sort();

/** Compares the index with the folders. Returns one line for each difference. */
function checkIndex() {
  const listed = [...readFileSync(`${root}README.md`, 'utf8').matchAll(/^\| \[`([^`]+)`\]\(\1\)/gm)].map(
    ([, name]) => name,
  );
  const wrong = [];
  for (const name of all) if (!listed.includes(name)) wrong.push(`${name}: examples/README.md does not list it.`);
  for (const [i, name] of listed.entries()) {
    if (!all.includes(name)) wrong.push(`${name}: examples/README.md lists it, but there is no such example.`);
    if (listed.indexOf(name) !== i) wrong.push(`${name}: examples/README.md lists it twice.`);
  }
  for (const name of all)
    for (const file of ['README.md', 'index.mjs'])
      if (!existsSync(`${root}${name}/${file}`)) wrong.push(`${name}: ${file} is missing.`);
  return wrong;
}

const isCheck = process.argv[2] === '--check';
const names = process.argv.length > 2 && !isCheck ? process.argv.slice(2) : all;
const wrong = [
  ...checkIndex(),
  ...names.filter((name) => !all.includes(name)).map((name) => `${name}: unknown; the examples are ${all.join(', ')}.`),
];
if (wrong.length > 0) {
  console.error(wrong.join('\n'));
  process.exit(1);
}
if (isCheck) {
  console.log(`${all.length} examples: the index lists each, and each has a README.`);
  process.exit();
}

/** Says what is wrong with the output of a successful run, if anything. */
function checkOutput(output) {
  const lines = output.trim().split('\n');
  if (!lines.some((line) => line.trimStart().startsWith('Shows: '))) return 'no line says what the example shows';
  if (!lines.at(-1).trimStart().startsWith('Held: ')) return 'the last line does not say that it held';
  return undefined;
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
    child.on('close', (code, signal) => {
      const failure = code === 0 ? checkOutput(output) : `exit ${code ?? signal}`;
      resolve({ failure, output, seconds: (performance.now() - started) / 1000 });
    });
  });
}

const nameWidth = Math.max(...names.map((name) => name.length));
let failures = 0;
/** The example waits for a minute and does nothing meanwhile. It disturbs no other example, so it runs beside two of them. */
const IDLE = 'dead-letters';

async function runQueue(queue) {
  for (let name = queue.shift(); name; name = queue.shift()) {
    const { failure, output, seconds } = await runExample(name);
    console.log(`${name.padEnd(nameWidth)}  ${failure ?? 'held'}  ${seconds.toFixed(1)} s`);
    if (failure === undefined) continue;
    failures++;
    console.log(output.replace(/^(?=.)/gm, '    '));
  }
}
// Examples mostly wait. More than two at a time would disturb each other's windows.
const queue = names.filter((name) => name !== IDLE);
await Promise.all([runQueue(queue), runQueue(queue), runQueue(names.filter((name) => name === IDLE))]);
console.log(failures === 0 ? `all ${names.length} held` : `${failures} of ${names.length} failed`);
process.exitCode = failures === 0 ? 0 : 1;
