import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { HistoryAnswer } from '@holdline/dashboard';
import { expect, onTestFinished, test } from 'vitest';
import { openDashboard, readFirstLine, readState, serveDashboard, watchedLine } from './dashboard-support.js';
import { startChromium } from './chromium.js';
import { until } from './support.js';

const member = join(import.meta.dirname, 'dashboard-member.mjs');

function directory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'holdline-dashboard-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Starts a process with a dashboard. The result has its address, and kills it. */
async function startMember(options: { file?: string; calls: number }): Promise<{ url: string; kill(): Promise<void> }> {
  const child = fork(member, [JSON.stringify(options)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return {
    url,
    async kill() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function countAttempts(url: string): Promise<number> {
  const answer = (await (await fetch(`${url}api/history?range=hour`)).json()) as HistoryAnswer;
  return answer.buckets.reduce((sum, { attempts }) => sum + attempts, 0);
}

test('the history survives kill -9 twice, and a foreign file is set aside with a notice', async () => {
  const file = join(directory(), 'history.json');
  writeFileSync(file, 'the letters of somebody else');
  const first = await startMember({ file, calls: 5 });
  expect((await readState(first.url)).notices.join()).toContain('The history file was not a history of this version.');
  await until(() => existsSync(file));
  await first.kill();

  const second = await startMember({ file, calls: 7 });
  expect(await countAttempts(second.url)).toBe(12);
  expect((await readState(second.url)).notices).toEqual([]);
  // Its own part is in the file some seconds later.
  const third = async (): Promise<number> => {
    const { url, kill } = await startMember({ file, calls: 0 });
    const n = await countAttempts(url);
    await kill();
    return n;
  };
  await until(async () => (await third()) === 12);
  await second.kill();
  expect(await third()).toBe(12);
});

test('a dashboard with an open stream does not keep its process alive', async () => {
  const child = fork(member, [JSON.stringify({ calls: 1, idle: true })]);
  const exited = once(child, 'exit');
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  const stream = fetch(`${url}api/stream`).then(
    (answer) => answer.text(),
    () => 'ended',
  );
  expect(await exited).toEqual([0, null]);
  await stream.catch(() => undefined);
});

test('--import @holdline/dashboard/register shows the lines of an app that knows nothing of it', async () => {
  const file = join(directory(), 'history.json');
  const token = 'token-of-a-registered-app';
  const child = spawn(
    process.execPath,
    ['--import', '@holdline/dashboard/register', join(import.meta.dirname, 'dashboard-app.mjs')],
    {
      cwd: import.meta.dirname,
      env: {
        ...process.env,
        HOLDLINE_DASHBOARD_PORT: '0',
        HOLDLINE_DASHBOARD_TOKEN: token,
        HOLDLINE_DASHBOARD_HISTORY: file,
      },
    },
  );
  const exited = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  const [[text], [called]] = (await Promise.all([
    once(createInterface(child.stderr), 'line'),
    once(createInterface(child.stdout), 'line'),
  ])) as [[string], [string]];
  expect(called).toBe('called');
  const url = /^Holdline dashboard: (http:\S+)$/.exec(text)?.[1] ?? '';
  expect(text).not.toContain(token);
  expect((await fetch(url)).status).toBe(401);
  const answer = await fetch(`${url}api/state`, { headers: { authorization: `Bearer ${token}` } });
  expect(await answer.json()).toMatchObject({
    lines: [{ name: 'line 1', routes: [{ route: 'GET /api/v2/flows', calls: 1, failed: 1 }] }],
  });
  child.stdin.end();
  expect(await exited).toEqual([0, null]);
});

test('wrong variables stop the app at once, with a reason that names the variable', async () => {
  const child = spawn(process.execPath, ['--import', '@holdline/dashboard/register', '--eval', ''], {
    cwd: import.meta.dirname,
    env: { ...process.env, HOLDLINE_DASHBOARD_PORT: 'eighty' },
  });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(1);
  expect(text).toContain('HOLDLINE_DASHBOARD_PORT must be a number from 0 to 65535');
});

/** A line whose route `flows` is throttled for 40 s while three of its calls wait. */
async function throttled(): Promise<{ url: string; retryAt: number }> {
  const { line, call } = watchedLine({ retry: { maxAttempts: 3, baseDelayMs: 1 } }, (path) =>
    path.includes('flows') ? { status: 429, retryAfter: 40 } : { status: 200 },
  );
  const { url } = await serveDashboard(line);
  for (let i = 0; i < 5; i++) await call('GET', `/api/v2/users/${i}`);
  for (let i = 0; i < 3; i++) void call('GET', '/api/v2/flows');
  await until(() => line.snapshot().queued === 3);
  const retryAt = line.snapshot().scopes.find(({ gate }) => gate === 'closed')?.retryAt ?? 0;
  return { url, retryAt };
}

test('a stranger who only reads /api/state knows which route is throttled, until when, and how many calls wait', async () => {
  const { url, retryAt } = await throttled();
  const { gates } = await readFirstLine(url);
  expect(gates).toMatchObject([
    { kind: 'route', key: 'GET /api/v2/flows', retryAt, waiting: 3, by: { route: 'GET /api/v2/flows', status: 429 } },
  ]);
});

test('a stranger who only reads the text of the page knows the same', async () => {
  const { url, retryAt } = await throttled();
  const browser = await startChromium();
  onTestFinished(() => browser.close());
  const { page } = await openDashboard(browser, url);
  await page.getByText('429 on').first().waitFor();
  const text = await page.evaluate(() => document.body.innerText);
  const gates = text.slice(text.indexOf('Closed gates'));
  const found =
    /(?<route>GET \S+)\s+in (?<seconds>[\d.]+) s\s+(?<status>\d+) on (?<by>GET \S+) at \S+\s+(?<waiting>\d+)/.exec(
      gates,
    )?.groups;
  expect(found).toMatchObject({ route: 'GET /api/v2/flows', status: '429', by: 'GET /api/v2/flows', waiting: '3' });
  expect(Math.abs(retryAt - Date.now() - Number(found?.['seconds']) * 1000)).toBeLessThan(5_000);
});
