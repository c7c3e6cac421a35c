// The timers of node:test fake setTimeout and Date, not performance. A clock of these two makes a line follow them.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createDirectory } from '../directory.mjs';

const dateClock = {
  now: () => Date.now(),
  wall: () => Date.now(),
  setTimer(ms, fn) {
    const timer = setTimeout(fn, Math.ceil(ms));
    return () => clearTimeout(timer);
  },
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Moves the fake time in steps, and lets promises settle after each. */
async function advance(ms, step = 1_000) {
  await turn();
  for (let left = ms; left > 0; left -= step) {
    mock.timers.tick(Math.min(step, left));
    await turn();
  }
}

test('a line on a clock of Date and setTimeout follows mock.timers', async () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  let sent = 0;
  const { readUser, line } = createDirectory({
    clock: dateClock,
    send: async () =>
      ++sent === 1
        ? new Response(null, { status: 429, headers: { 'retry-after': '30' } })
        : Response.json({ name: 'Ada' }),
  });
  const call = readUser(1);
  await advance(29_000);
  assert.equal(sent, 1);
  await advance(2_000);
  assert.deepEqual(await call, { name: 'Ada' });
  mock.timers.reset();
  await line.close();
});
