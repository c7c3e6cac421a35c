import { createHoldline, type Holdline } from '@holdline/core';
import { expect, it, onTestFinished } from 'vitest';
import { readState } from '../dashboard.fixture.js';
import { checkDashboardOptions } from '../options.js';
import { RunningDashboard } from '../running-dashboard.js';
import { CombinedLines, MAX_COMBINED } from './combined-lines.js';
import { OWN_PLACES, readEnvironment, showNewLines, startProcessDashboard } from './process-dashboard.js';

const call = (line: Holdline, url: string): Promise<unknown> =>
  line
    .run({
      method: 'GET',
      url,
      replayable: true,
      headers: { get: () => undefined, set: () => undefined },
      send: () => Promise.reject(new Error('no network')),
    })
    .catch(() => undefined);

it('the variables become options, and wrong ones are refused by name', () => {
  expect(readEnvironment({ HOLDLINE_DASHBOARD_PORT: '0', HOLDLINE_DASHBOARD_HISTORY: 'h.json' })).toEqual({
    port: 0,
    history: { file: 'h.json' },
  });
  expect(readEnvironment({ HOLDLINE_DASHBOARD_PORT: '' })).toEqual({});
  expect(readEnvironment({ HOLDLINE_DASHBOARD_HOSTS: 'a.test, b.test' })).toEqual({ hosts: ['a.test', 'b.test'] });
  expect(() => readEnvironment({ HOLDLINE_DASHBOARD_PORT: 'http' })).toThrow(
    'HOLDLINE_DASHBOARD_PORT must be a number',
  );
});

it('many short-lived lines share one place, which counts their calls', async () => {
  const running = new RunningDashboard(checkDashboardOptions({ port: 0 }));
  const stop = showNewLines(running);
  onTestFinished(() => {
    stop();
    return running.close();
  });
  await running.listen();
  for (let i = 0; i < OWN_PLACES + 40; i++) {
    const line = createHoldline({ retry: false });
    await call(line, 'https://api.test/things');
    await line.close();
  }
  const { lines } = await readState(running.url);
  expect(lines.map(({ name }) => name)).toEqual([
    ...Array.from({ length: OWN_PLACES }, (_, i) => `line ${i + 1}`),
    'further lines',
  ]);
  expect(lines.map(({ totals }) => totals.calls)).toEqual([...Array.from({ length: OWN_PLACES }, () => 1), 40]);
  expect(lines.slice(0, OWN_PLACES).every(({ closedAt }) => closedAt !== undefined)).toBe(true);
  expect(lines.at(-1)?.closedAt).toBeUndefined();
});

it('lines together have the sum of their states, and at most so many are watched', () => {
  const combined = new CombinedLines();
  const held: Holdline[] = [];
  for (let i = 0; i < MAX_COMBINED; i++) {
    held.push(createHoldline());
    expect(combined.add(held[i] as Holdline)).toBe(true);
  }
  expect(combined.add(createHoldline())).toBe(false);
  expect(combined.snapshot()).toMatchObject({ calls: 0, deadLetters: { kept: 0 } });
  expect(held).toHaveLength(MAX_COMBINED);
});

it('a port in use is replaced by a free one', async () => {
  const texts: string[] = [];
  const print = (text: string): void => void texts.push(text);
  const first = await startProcessDashboard({ HOLDLINE_DASHBOARD_PORT: '0' }, print);
  const port = new URL(first?.url ?? '').port;
  const second = await startProcessDashboard({ HOLDLINE_DASHBOARD_PORT: port }, print);
  expect(second?.url).not.toBe(first?.url);
  expect(texts).toEqual([`Holdline dashboard: ${first?.url}`, `Holdline dashboard: ${second?.url}`]);
  await Promise.all([first?.close(), second?.close()]);
});
