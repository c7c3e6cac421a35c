// Checks what a release would publish: packs every package as the release does, looks into the tarballs, and runs publint and
// "are the types wrong" on them. `node scripts/release/check-packages.mjs`, after a build.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMetadata, rehearsalMetadata } from './metadata.mjs';
import { missingFiles, stage } from './stage.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Files that a tarball may have beside the build. */
const PAGES = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
/** Pages that every tarball has. A package without a version has no CHANGELOG.md yet. */
const REQUIRED = ['LICENSE', 'README.md', 'package.json'];

/** Runs a command of the workspace. Resolves with its output if it fails. */
function run(command, args) {
  const child = spawn(join(root, 'node_modules/.bin', command), args, {
    cwd: root,
    shell: process.platform === 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code) => resolve(code === 0 ? undefined : output.trim()));
  });
}

/** Whether a file belongs into a tarball: a page, a file of the build, or a file of a template of `npm create`. */
const belongs = (path) =>
  PAGES.includes(path) || /^dist\/[\w-]+\.(c?js|d\.c?ts|json|yml)$/.test(path) || /^templates\/./.test(path);

/** One sentence for each file that should not be in a tarball, or is not. */
function contentProblems({ version, folder, files }) {
  const required = version === '0.0.0' ? REQUIRED : [...REQUIRED, 'CHANGELOG.md'];
  const code = files.filter((path) => /\.c?js$/.test(path));
  return [
    ...required.filter((path) => !files.includes(path)).map((path) => `${path} is missing.`),
    ...files.filter((path) => !belongs(path)).map((path) => `${path} does not belong into a tarball.`),
    ...code
      .filter((path) => readFileSync(join(folder, path), 'utf8').includes('sourceMappingURL'))
      .map((path) => `${path} names a source map, which no tarball has.`),
  ];
}

/** Whether a package has no CommonJS build, because nobody requires it. */
const isEsmOnly = ({ files }) => !files.some((path) => path.endsWith('.cjs'));

const missing = missingFiles(root);
for (const line of missing) console.error(line);
if (missing.length > 0) process.exit(1);

const to = mkdtempSync(join(tmpdir(), 'holdline-packages-'));
let failures = 0;
try {
  const queue = await stage({ root, to, metadata: rehearsalMetadata(readMetadata(root)) });
  const checkAll = async () => {
    for (let entry = queue.shift(); entry; entry = queue.shift()) {
      const { name, tarball, size, files } = entry;
      const problems = [
        ...contentProblems(entry),
        await run('publint', ['run', tarball, '--strict']),
        await run('attw', [tarball, '--profile', isEsmOnly(entry) ? 'esm-only' : 'node16', '--no-emoji']),
      ].filter(Boolean);
      if (problems.length > 0) failures++;
      console.log(
        `${name.padEnd(28)} ${`${(size / 1_000).toFixed(0)} kB`.padStart(7)} ${files.length} files${problems.length > 0 ? ': FAILED' : ''}`,
      );
      for (const problem of problems) console.log(problem.replace(/^(?=.)/gm, '    '));
    }
  };
  await Promise.all([checkAll(), checkAll()]);
} finally {
  rmSync(to, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
