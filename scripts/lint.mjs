// Runs ESLint on the whole repository: `node scripts/lint.mjs [options of ESLint]`. ESLint keeps the types of every project that it opens
// until its process ends. One process for all files needs memory that grows with the repository. So this script lints a few folders in
// each process, and runs two processes at a time.
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { twoAtATime } from './two-at-a-time.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const eslint = join(root, 'node_modules/eslint/bin/eslint.js');

/** The heap of one process. Without this option, the limit of Node depends on the memory of the machine. */
const HEAP_MB = 3072;
/** What one process takes, in files. Such a process needs up to 2 GB. */
const FILES_AT_ONCE = 450;
/** A project costs as much memory as this number of files, because each project has its own types of the libraries. */
const FILES_OF_A_PROJECT = 60;

/** The folders with a project of TypeScript, and what each one costs. The most expensive folder comes first. */
function listFolders() {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', '*.ts'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
  const costs = new Map();
  for (const [folder] of files.matchAll(/^(packages\/[^/\n]+|test)(?=\/)/gm))
    costs.set(folder, (costs.get(folder) ?? FILES_OF_A_PROJECT) + 1);
  return [...costs].sort(([, one], [, other]) => other - one);
}

/** Puts each folder into the first process that has room for it. */
function shareOut(folders) {
  const processes = [];
  for (const [folder, cost] of folders) {
    const free = processes.find((one) => one.cost + cost <= FILES_AT_ONCE);
    if (free) {
      free.folders.push(folder);
      free.cost += cost;
    } else processes.push({ folders: [folder], cost });
  }
  return processes.map((one) => one.folders);
}

/** Runs ESLint. Resolves with its exit status. */
const lint = (args) =>
  new Promise((resolve) => {
    const command = [`--max-old-space-size=${HEAP_MB}`, eslint, '--max-warnings=0', ...args, ...process.argv.slice(2)];
    const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', (error) => {
      console.error(`ESLint cannot be run: ${error.message}`);
      resolve(1);
    });
    child.on('close', (status, signal) => {
      if (signal) console.error(`ESLint was ended by ${signal}: ${args.join(' ')}`);
      resolve(status ?? 1);
    });
  });

const folders = listFolders();
const parts = [
  ...shareOut(folders),
  // Every file that is in none of these folders.
  ['.', ...folders.flatMap(([folder]) => ['--ignore-pattern', `${folder}/**`])],
];

const statuses = await twoAtATime(parts.map((part) => () => lint(part)));
if (statuses.some((status) => status !== 0)) process.exitCode = 1;
