// Runs all scenarios or the named ones, with Holdline and its peers: node bench/index.mjs [--short] [name…]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenarios } from './scenarios/index.mjs';
import { chartTitle } from './scenarios/goodput.mjs';
import { SERVER_KINDS } from './servers.mjs';
import { goodputChart, queueChart } from './support/charts.mjs';
import { runInChild } from './support/child.mjs';
import { loadNow, machine, section, writeResults } from './support/report.mjs';

const args = process.argv.slice(2);
const short = args.includes('--short');
const wrong = args.filter((arg) => arg !== '--short' && !Object.hasOwn(scenarios, arg));
if (wrong.length > 0) {
  console.error(`Unknown arguments: ${wrong.join(', ')}. Allowed: --short, ${Object.keys(scenarios).join(', ')}`);
  process.exit(1);
}
const named = args.filter((arg) => arg !== '--short');
const names = Object.keys(scenarios).filter((name) => named.length === 0 || named.includes(name));

const startedAt = performance.now();
const printProgress = (text) =>
  console.log(`[${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s] ${text}`);
const sections = new Map();
const charts = join(import.meta.dirname, 'charts');

function drawCharts(name, data) {
  mkdirSync(charts, { recursive: true });
  const mode = short ? 'short mode' : 'full mode';
  if (name === 'goodput') {
    for (const kind of SERVER_KINDS) {
      const title = `Goodput against refusals: ${chartTitle(kind).toLowerCase()}`;
      const subtitle = `limit ${data.limit} per ${data.windowMs / 1_000} s known, enforcement unknown; 20 workers, ${data.runMs / 1_000} s; ${mode}`;
      writeFileSync(join(charts, `goodput-${kind}.svg`), goodputChart({ title, subtitle, rows: data.rows[kind] }));
    }
  }
  if (name === 'queue') {
    const title = 'Cost against queue length';
    const subtitle = `queue n calls, then let all go; both axes logarithmic; dashed: extrapolated; ${mode}`;
    writeFileSync(join(charts, 'queue.svg'), queueChart({ title, subtitle, rows: data.rows }));
  }
}

async function measure(name) {
  const { title, render, run, alone } = scenarios[name];
  const from = performance.now();
  const load = [loadNow()];
  printProgress(`${title} …`);
  let body;
  try {
    // Scenarios that start one process per measurement run in this process.
    const data = alone ? await run({ short }) : await runInChild(name, 'run', { short });
    body = render(data);
    drawCharts(name, data);
  } catch (error) {
    body = `**Failed:** \`${String(error.message).split('\n')[0]}\``;
    process.exitCode = 1;
    console.error(error);
  }
  const seconds = (performance.now() - from) / 1_000;
  load.push(loadNow());
  sections.set(name, section({ title, mode: short ? 'short' : 'full', seconds, load, body }));
  printProgress(`${title}: done in ${seconds.toFixed(0)} s`);
}

const { cpu, cores, node, build } = machine();
printProgress(`${cpu}, ${cores} cores, Node ${node}, Holdline build ${build}, ${short ? 'short' : 'full'} mode`);
// Goodput scenarios are mostly idle. Short mode runs them at the same time. Scenarios that need CPU run alone.
const idle = names.filter((name) => scenarios[name].goodput);
if (short) await Promise.all(idle.map(measure));
else for (const name of idle) await measure(name);
for (const name of names.filter((one) => !scenarios[one].goodput)) await measure(name);

for (const name of names) console.log(`\n${sections.get(name)}`);
printProgress(`written to ${writeResults(Object.keys(scenarios), sections)}`);
