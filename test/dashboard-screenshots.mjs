// Makes the screenshots of the dashboard: `node test/dashboard-screenshots.mjs [directory]`. They need a build, and about half a minute.
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startScene } from './dashboard-scene.mjs';
import { startChromium } from './launch.mjs';

const MAX_BYTES = 250_000;
const directory = process.argv[2] ?? join(import.meta.dirname, '../docs/public');
await mkdir(directory, { recursive: true });
const [scene, browser] = await Promise.all([startScene(), startChromium()]);

// A browser that hangs must not leave this process behind.
setTimeout(() => {
  console.error('The screenshots took too long.');
  process.exit(1);
}, 120_000).unref();

let isRunning = true;
const moving = (async () => {
  for (let at = performance.now(); isRunning;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const now = performance.now();
    await scene.advance(now - at);
    at = now;
  }
})();

/** Finds a call that waited for a gate and was answered. */
async function findCall() {
  const answer = await fetch(`${scene.url}api/calls?status=429&limit=500`);
  const { calls } = await answer.json();
  const best =
    calls.find(({ outcome, attempts, queuedMs }) => outcome === 'ok' && attempts > 1 && queuedMs > 1_000) ?? calls[0];
  return best.callId;
}

async function shoot(name, { path = '', theme = 'light', width = 1360, height = 1010, full = false }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, deviceScaleFactor: 1 });
  const page = await context.newPage();
  await page.goto(`${scene.url}${path}`);
  await page
    .locator(path.includes('call/') ? '.timeline' : path === '' ? '.chart-host canvas' : 'tbody tr')
    .first()
    .waitFor();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const file = join(directory, `dashboard-${name}.png`);
  await page.screenshot({ path: file, fullPage: full });
  const { size } = await stat(file);
  console.log(`${file}: ${Math.round(size / 1000)} kB${size > MAX_BYTES ? ', too large' : ''}`);
  if (size > MAX_BYTES) process.exitCode = 1;
  await context.close();
}

if (process.argv[3] === 'all') await shoot('whole', { full: true });
await shoot('light', {});
await shoot('dark', { theme: 'dark' });
await shoot('phone', { width: 390, height: 844 });
await shoot('call', { path: `#/call/${await findCall()}`, height: 770, width: 1100 });
if (process.argv[3] === 'all') {
  await shoot('whole-phone', { full: true, width: 360, height: 740, theme: 'dark' });
  await shoot('calls', { path: '#/calls?status=429' });
}
isRunning = false;
await moving;
await browser.close();
await scene.close();
process.exit();
