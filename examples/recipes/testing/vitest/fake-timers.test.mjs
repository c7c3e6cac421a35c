// A line with the system clock under the fake timers of Vitest.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createDirectory } from '../directory.mjs';

let directory;
let sent;

/** The platform answers the first request with 429 and asks for 30 s. */
function openDirectory() {
  sent = 0;
  const send = async () =>
    ++sent === 1
      ? new Response(null, { status: 429, headers: { 'retry-after': '30' } })
      : Response.json({ name: 'Ada' });
  directory = createDirectory({ send });
}
afterEach(async () => {
  vi.useRealTimers();
  await directory.line.close();
});

describe('vi.useFakeTimers() works', () => {
  test('a wait ends when the test moves the time', async () => {
    vi.useFakeTimers();
    openDirectory();
    const call = directory.readUser(1);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(sent).toBe(1);
    await vi.advanceTimersByTimeAsync(102); // up to 100 ms are random
    expect(await call).toEqual({ name: 'Ada' });
  });

  test('the quota follows the fake time', async () => {
    vi.useFakeTimers();
    openDirectory();
    sent = 1; // no 429 in this test
    const calls = Array.from({ length: 25 }, (_, i) => directory.readUser(i));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent - 1).toBe(10);
    await vi.advanceTimersByTimeAsync(120_000);
    await Promise.all(calls);
    expect(sent - 1).toBe(25);
  });
});

describe('what does not work', () => {
  test('a faked setTimeout without performance: the clock of the line stands still, and the wait does not end', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    openDirectory();
    const call = directory.readUser(1).catch(({ code }) => code);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(sent).toBe(1);
    void directory.line.close();
    expect(await call).toBe('HOLDLINE_CLOSED');
  });

  test('the synchronous advanceTimersByTime: promises do not settle in it, so the wait begins afterwards', async () => {
    vi.useFakeTimers();
    openDirectory();
    const call = directory.readUser(1);
    vi.advanceTimersByTime(600_000);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(sent).toBe(1);
    await vi.advanceTimersByTimeAsync(2_000);
    await call;
  });
});
