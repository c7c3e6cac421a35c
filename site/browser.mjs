// Opens every page of the built site in Chromium, in light and in dark, and returns the problems.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import axe from 'axe-core';
import { startChromium } from '../test/launch.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
/** Two cores of CI. */
const PAGES_AT_ONCE = 2;
const TIMEOUT_MS = 60_000;

/** Serves the files of a folder. Resolves with the address and a function that ends the server. */
async function serve(folder) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://127.0.0.1');
    let file = join(folder, normalize(decodeURIComponent(pathname)));
    if (pathname.endsWith('/')) file = join(file, 'index.html');
    const isFile = existsSync(file) && statSync(file).isFile();
    response.writeHead(isFile ? 200 : 404, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    if (isFile) createReadStream(file).pipe(response);
    else response.end();
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
}

/** A tab that passes everything wrong to `report`: messages of the console, errors, failed requests, other origins. */
async function openTab(browser, origin, report) {
  const context = await browser.newContext({ viewport: DESKTOP, colorScheme: 'light' });
  const tab = await context.newPage();
  tab.setDefaultTimeout(TIMEOUT_MS);
  tab.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) report(`console ${message.type()}: ${message.text()}`);
  });
  tab.on('pageerror', (error) => report(`uncaught error: ${error.message}`));
  tab.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith('data:')) report(`requests ${url} from another origin`);
  });
  tab.on('requestfailed', (request) => {
    const { errorText } = request.failure() ?? {};
    // A page loads the pages that it links to, until the tab opens another page.
    if (errorText !== 'net::ERR_ABORTED') report(`request failed: ${request.url()} ${errorText}`);
  });
  tab.on('response', (response) => {
    if (response.status() >= 400) report(`${response.status()} for ${response.url()}`);
  });
  return tab;
}

/** Opens a page and waits until Vue has taken over. Colours change at once, so that axe sees the final ones. */
async function open(tab, url) {
  await tab.goto(url, { waitUntil: 'networkidle' });
  await tab.waitForFunction(() => document.querySelector('#app')?.__vue_app__ !== undefined);
  await tab.addStyleTag({
    content: '*, *::before, *::after { transition: none !important; animation: none !important }',
  });
  await tab.evaluate(axe.source);
}

/** The violations that axe finds, one line each, with the rule and the first places. */
async function violations(tab) {
  const found = await tab.evaluate(async () => {
    const { violations: all } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return all.map(({ id, help, nodes }) => ({
      id,
      help,
      count: nodes.length,
      places: nodes.slice(0, 3).map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`),
    }));
  });
  return found.map(
    ({ id, help, count, places }) =>
      `axe ${id}: ${help}, ${count} times\n${places.map((place) => `    ${place.replace(/\s+/g, ' ')}`).join('\n')}`,
  );
}

const scrollsSideways = (tab) =>
  tab.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth ? `${scrollWidth} px of content in ${clientWidth} px` : undefined;
  });

async function checkPage(tab, url, report) {
  await open(tab, url);
  for (const colorScheme of ['light', 'dark']) {
    await tab.emulateMedia({ colorScheme });
    await tab.waitForFunction(
      (dark) => document.documentElement.classList.contains('dark') === dark,
      colorScheme === 'dark',
    );
    for (const violation of await violations(tab)) report(`${colorScheme}: ${violation}`);
  }
  await tab.setViewportSize(PHONE);
  const sideways = await scrollsSideways(tab);
  if (sideways) report(`scrolls sideways on a phone: ${sideways}`);
  await tab.setViewportSize(DESKTOP);
  await tab.emulateMedia({ colorScheme: 'light' });
}

/** Types a word into the search and opens the first result. */
async function checkSearch(tab, origin, report) {
  await open(tab, `${origin}/`);
  await tab.getByRole('button', { name: 'Search' }).first().click();
  await tab.getByRole('searchbox').fill('permit');
  const result = tab.locator('.VPLocalSearchBox .result').first();
  await result.waitFor();
  for (const violation of await violations(tab)) report(violation);
  await result.click();
  await tab.waitForURL((url) => url.pathname !== '/');
  await tab
    .locator('main')
    .filter({ hasText: /permit/i })
    .waitFor()
    .catch(() => report('the first result for "permit" does not contain the word'));
}

/** The switch between light and dark in the head of the page. */
async function checkSwitch(tab, origin, report) {
  await open(tab, `${origin}/`);
  const isDark = () => tab.evaluate(() => document.documentElement.classList.contains('dark'));
  const before = await isDark();
  await tab.getByRole('switch').first().click();
  if ((await isDark()) === before) report('the switch does not change the colours');
}

/** Checks all pages. `log` gets one line for each page. */
export async function checkInBrowser(folder, pages, log) {
  const problems = [];
  const { origin, stop } = await serve(folder);
  const browser = await startChromium();
  try {
    const jobs = [
      ...pages.map((page) => [page, (tab, report) => checkPage(tab, `${origin}/${page}`, report)]),
      ['search', (tab, report) => checkSearch(tab, origin, report)],
      ['switch of the colours', (tab, report) => checkSwitch(tab, origin, report)],
    ];
    const work = async () => {
      let title;
      const found = new Set();
      const tab = await openTab(browser, origin, (problem) => found.add(problem));
      for (let job = jobs.shift(); job; job = jobs.shift()) {
        title = job[0];
        const started = performance.now();
        await job[1](tab, (problem) => found.add(problem)).catch((error) => found.add(error.message));
        problems.push(...[...found].map((problem) => `${title}: ${problem}`));
        log(
          `${title}: ${found.size === 0 ? 'ok' : `${found.size} problems`} (${Math.round(performance.now() - started)} ms)`,
        );
        found.clear();
      }
    };
    await Promise.all(Array.from({ length: PAGES_AT_ONCE }, work));
  } finally {
    await browser.close();
    await stop();
  }
  return problems;
}
