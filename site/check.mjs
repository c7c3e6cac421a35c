// Builds the site and checks its links: `node site/check.mjs`. With `--browser` it also opens every page in Chromium. `--no-build`
// takes the last build. The links of the Markdown files are checked too, because the pages are also read in the repository. Further arguments name the pages to open: `node site/check.mjs --browser index.html`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { brokenLinks } from '../scripts/release/links.mjs';
import { listPages } from './.vitepress/pages.mjs';
import { checkSite } from './links.mjs';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const dist = path('.vitepress/dist');
const args = process.argv.slice(2);
const named = args.filter((arg) => !arg.startsWith('--'));

/** Runs a script of Node, and ends this one where that fails. */
function run(...command) {
  const { status } = spawnSync(process.execPath, command, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

if (!args.includes('--no-build')) {
  run(path('../scripts/api-docs.mjs'));
  run(path('node_modules/vitepress/bin/vitepress.js'), 'build', path('.'));
}

const { problems, pages, count } = checkSite(dist);
process.chdir(path('..'));
for (const page of listPages()) problems.push(...brokenLinks(`docs/${page}.md`));
console.log(`${pages.length} pages with ${count} links`);

if (args.includes('--browser')) {
  const { checkInBrowser } = await import('./browser.mjs');
  const opened = pages.filter((page) => page !== '404.html' && (named.length === 0 || named.includes(page)));
  problems.push(...(await checkInBrowser(dist, opened, (line) => console.log(line))));
}
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'site: no problem' : `site: ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
