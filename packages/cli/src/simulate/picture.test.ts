import { expect, test } from 'vitest';
import { simulate } from './simulate.js';
import { drawSimulation } from './svg.js';
import { printSimulation } from './table.js';
import type { Scenario } from './types.js';

const load = (name: string): Scenario['load'] => [{ name, count: 30, calls: [{ route: 'GET /users/:id' }] }];

const scenario: Scenario = {
  platform: { limits: [{ limit: 10, window: '1s', counts: 'sliding' }], service: 0 },
  holdline: { governor: { enforcement: 'sliding' } },
  load: load('a <b> & "c"'),
  whatIf: ['limit=20/1s'],
};

test('the table is aligned, and names every run', async () => {
  expect(printSimulation(await simulate({ ...scenario, load: load('jobs') }))).toBe(
    [
      '30 calls (jobs: 30 arrive at once and make 1 each), 1 credential, 10 requests in 1 s per credential',
      '(sliding window). Seed 1.',
      '',
      'run          group  priority  calls  wait p50    p95    max  ended after  requests  429  refused  saved  share',
      'base         jobs   normal       30     1.0 s  2.0 s  2.0 s        2.0 s        30    0        0      0  100 %',
      'limit=20/1s  jobs   normal       30       0 s  1.0 s  1.0 s        1.0 s        30    0        0      0  100 %',
      '',
      'What changes',
      '',
      '  A limit of 20 per 1 s ends the load 1.0 s earlier (1.0 s instead of 2.0 s). The median wait falls',
      '  from 1.0 s to 0 s, the 95th percentile falls from 2.0 s to 1.0 s.',
      '',
    ].join('\n'),
  );
});

test('the picture is self-contained, has a title and a description, and escapes names', async () => {
  const svg = drawSimulation(await simulate(scenario));
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 860 \d+"/);
  expect(svg).toContain('role="img" aria-labelledby="title desc"');
  expect(svg).toContain('<title id="title">Simulated load');
  expect(svg).toContain('A limit of 20 per 1 s: ended after 1.0 s · 95 % waited at most 1.0 s · 30 requests.</desc>');
  expect(svg).toContain('a &lt;b&gt; &amp; &quot;c&quot;');
  expect(svg).toContain('@media (prefers-color-scheme: dark)');
  expect(svg).not.toMatch(/href|url\(|NaN|Infinity|undefined|<script/);
  // Of both runs: bars, a limit and an area.
  expect(svg.match(/class="sent"/g)).toHaveLength(2);
  expect(svg.match(/class="limit"/g)).toHaveLength(2);
  expect(svg.match(/class="waiting"/g)).toHaveLength(2);
  // One second of two is half of the width.
  expect(svg).toContain('M64 210V168h175V210z');
});

test('a load without calls can be drawn and printed', async () => {
  const result = await simulate({ load: [] });
  expect(drawSimulation(result)).not.toMatch(/NaN|Infinity|undefined/);
  expect(printSimulation(result)).toContain('The load has no calls.');
});
