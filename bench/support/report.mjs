// Writes RESULTS.md, with a description of the machine.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, totalmem } from 'node:os';
import { dirname, join } from 'node:path';

const here = join(import.meta.dirname, '..');
const file = join(here, 'RESULTS.md');

/** A Markdown table with padded columns. The first column is left-aligned, the others are right-aligned. */
export function table(head, rows) {
  const cells = [head, ...rows].map((row) => row.map((cell) => String(cell).replaceAll('|', '\\|')));
  const widths = head.map((_, i) => Math.max(3, ...cells.map((row) => row[i].length)));
  const line = (row) =>
    `| ${row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n');
}

function versionOf(name) {
  let dir = dirname(createRequire(join(here, 'package.json')).resolve.paths(name)[0]);
  dir = join(dir, 'node_modules', name);
  return JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')).version;
}

/** A digest of the measured build, because a build may have no version yet. */
function buildId() {
  const dist = ['core', 'axios'].map((name) => readFileSync(join(here, '../packages', name, 'dist/index.js')));
  const hash = createHash('sha256');
  for (const part of dist) hash.update(part);
  return hash.digest('hex').slice(0, 10);
}

export function machine() {
  const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    versions: Object.keys(dependencies).map((name) => `${name} ${versionOf(name)}`),
    build: buildId(),
  };
}

export const loadNow = () => loadavg()[0].toFixed(1);

const marker = (name) => `<!-- scenario: ${name} -->`;

/** The sections of the existing RESULTS.md by scenario, so that a run of some scenarios replaces only their sections. */
function present() {
  const sections = new Map();
  if (!existsSync(file)) return sections;
  for (const part of readFileSync(file, 'utf8')
    .split(/^<!-- scenario: /m)
    .slice(1)) {
    const [name, ...text] = part.split(' -->');
    sections.set(name, text.join(' -->').trim());
  }
  return sections;
}

/** One section: the heading, the conditions of the measurement, and its tables. */
export function section({ title, mode, seconds, load, body }) {
  const { build } = machine();
  const when = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const how = `_${mode} mode, ${when} UTC, ${Math.round(seconds)} s, load average ${load.join(' to ')}, Holdline build ${build}_`;
  return [`## ${title}`, how, body].join('\n\n');
}

/** @param order Names of all scenarios. */
export function writeResults(order, sections) {
  const all = new Map([...present(), ...sections]);
  const { cpu, cores, memoryGb, node, versions } = machine();
  const modes = new Set([...all.values()].map((text) => /^_(\w+) mode/m.exec(text)?.[1]));
  const parts = [
    '# Side by side',
    `Written by \`node bench/index.mjs\`; [README.md](README.md) explains the tables. ${
      modes.has('short')
        ? '**Some sections were measured in short mode, which is for a quick look, not for results.**'
        : 'Measured in full mode.'
    }`,
    `- ${cpu}, ${cores} cores, ${memoryGb} GB, Node ${node}\n- ${versions.join(', ')}`,
  ];
  for (const name of order) if (all.has(name)) parts.push(`${marker(name)}\n\n${all.get(name)}`);
  writeFileSync(file, `${parts.join('\n\n')}\n`);
  return file;
}
