import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startChromium } from './chromium.js';
import { openDashboard, readFirstLine } from './dashboard-support.js';

const MEASURE_MS = 10_000;

test('10,000 scopes and 1,000 events per second leave the page smooth and its messages few and small', async () => {
  const load = fork(join(import.meta.dirname, 'dashboard-load.mjs'), [
    JSON.stringify({ scopes: 10_000, eventsPerSec: 1_000 }),
  ]);
  onTestFinished(() => void load.kill('SIGKILL'));
  const [{ url, scopes }] = (await once(load, 'message')) as [{ url: string; scopes: number }];
  expect(scopes).toBeGreaterThanOrEqual(10_000);
  const browser = await startChromium();
  onTestFinished(() => browser.close());
  const { page, problems } = await openDashboard(browser, url);
  await page.locator('#quotas tbody tr').first().waitFor();
  await page.locator('.chart-host canvas').first().waitFor();

  const { frames, messages, largest } = await page.evaluate(async (ms) => {
    const stream = new EventSource('api/stream');
    const lengths: number[] = [];
    for (const name of ['state', 'delta'])
      stream.addEventListener(name, (event) => lengths.push((event as MessageEvent<string>).data.length));
    const times: number[] = [];
    const until = performance.now() + ms;
    await new Promise<void>((resolve) => {
      const next = (at: number): void => {
        times.push(at);
        if (at < until) requestAnimationFrame(next);
        else resolve();
      };
      requestAnimationFrame(next);
    });
    stream.close();
    return {
      frames: times.slice(1).map((at, i) => at - (times[i] as number)),
      messages: lengths.length,
      largest: Math.max(...lengths),
    };
  }, MEASURE_MS);
  const sorted = [...frames].sort((a, b) => a - b);
  const quantile = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
  console.log(
    `dashboard with ${scopes} scopes: frame time p50 ${quantile(0.5).toFixed(1)} ms, p95 ${quantile(0.95).toFixed(1)} ms, max ${quantile(1).toFixed(0)} ms; ` +
      `${messages} messages in ${MEASURE_MS / 1_000} s, the largest has ${Math.round(largest / 1_000)} kB`,
  );
  // The goal is 50 ms on an idle machine. Other work on the cores must not fail the test.
  expect(quantile(0.95)).toBeLessThan(250);
  expect(messages).toBeGreaterThan(1);
  expect(messages).toBeLessThanOrEqual(MEASURE_MS / 500 + 3);
  expect(largest).toBeLessThan(200_000);

  const line = await readFirstLine(url);
  expect(line.scopes.total).toBe(scopes);
  expect(line.scopes.scopes).toHaveLength(50);
  await page.evaluate(() => void (location.hash = '#/scopes?search=tenant-9999'));
  await page.locator('main tbody tr', { hasText: 'tenant-9999' }).waitFor();
  expect(await page.locator('main tbody tr').count()).toBe(1);
  expect(problems).toEqual([]);
});
