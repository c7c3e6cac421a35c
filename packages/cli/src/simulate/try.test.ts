import { test } from 'vitest';
import { simulate } from './simulate.js';
test('try', async () => {
  const t = performance.now();
  const r = await simulate({
    platform: { limits: [{ limit: 300, window: '60s' }] },
    load: [{ name: 'agents', count: 200, within: '60s', calls: [{ route: 'GET /api/v2/users/:id', times: 5 }, { route: 'GET /api/v2/queues', times: 3, asks: 'all' }] }],
  });
  console.log(JSON.stringify(r, null, 1).slice(0, 1800), r.whatIf.map((w) => [w.change, ...w.sentences]), performance.now() - t);
  const t2 = performance.now();
  const big = await simulate({
    platform: { limits: [{ limit: 6000, window: '60s', counts: 'sliding' }] },
    holdline: { governor: { maxQueued: 100000 } },
    load: [{ name: 'agents', count: 10000, within: '60s', calls: [{ route: 'GET /api/v2/users/:id', times: 10 }] }],
    whatIf: [],
  });
  console.log(big.base.total, performance.now() - t2);
});
