// Opens a page in Chromium, runs its shift, and checks that the guarded side loses no call.
import { findInStorage, watchTokens } from '../../test/browser-storage.mjs';
import { startChromium } from '../../test/launch.mjs';

const MAX_SHIFT_MS = 120_000;
// Chromium logs every refused request, including those that the page never sees.
const REFUSAL_MESSAGE = /Failed to load resource/;

/**
 * @param shots Folder for screenshots. Without it there are none.
 * @param entriesOfSdk Names of the entries in which the SDK itself keeps a token in the browser.
 */
export async function checkPage(url, { shots, entriesOfSdk = [] } = {}) {
  const browser = await startChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    const tokens = watchTokens(page);
    const problems = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !REFUSAL_MESSAGE.test(message.text())) problems.push(message.text());
    });
    console.log('Shows: an agent desk with the real SDK in Chromium, bare and guarded.');
    console.log('Both sides make the same calls: twice as many as the platform allows.\n');
    await page.goto(url);
    await page.getByRole('button', { name: 'Run a busy shift' }).click();
    if (shots) {
      for (const [i, afterMs] of [3_000, 4_000].entries()) {
        await page.waitForTimeout(afterMs);
        await page.screenshot({ path: `${shots}/shift-${i}.png`, fullPage: true });
      }
    }
    await page.waitForSelector('body[data-shift="over"]', { timeout: MAX_SHIFT_MS });
    if (shots) {
      await page.screenshot({ path: `${shots}/over-1280.png`, fullPage: true });
      await page.setViewportSize({ width: 800, height: 1000 });
      await page.screenshot({ path: `${shots}/over-800.png`, fullPage: true });
    }
    const [bare, guarded] = await page.evaluate(() => JSON.parse(document.body.dataset.result));
    for (const [name, { asked, answered, failed, slowest }] of [
      ['bare SDK', bare],
      ['SDK + Holdline', guarded],
    ])
      console.log(`  ${name.padEnd(16)} ${answered} of ${asked} answered, ${failed} failed, slowest call ${slowest}`);
    if (problems.length > 0) throw new Error(`the page reported errors: ${problems.join('; ')}`);
    if (guarded.failed > 0 || guarded.answered !== guarded.asked) throw new Error('the guarded side lost calls');
    if (tokens.size === 0) throw new Error('the page sent no token');
    const places = (await findInStorage(page, [...tokens])).filter((place) => !entriesOfSdk.includes(place));
    if (places.length > 0) throw new Error(`the browser keeps a token: ${places.join(', ')}`);
    if (bare.failed === 0) throw new Error('no call failed on the bare side, so the page shows nothing');
    console.log(`\nHeld: the bare side lost ${bare.failed} of ${bare.asked} calls, the guarded side none.`);
  } finally {
    await browser.close();
  }
}
