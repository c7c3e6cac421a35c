// A line with the system clock under the fake timers of Jest.
const { createHoldline } = require('@holdline/core');
const { guardFetch } = require('@holdline/fetch');

let line;
let sent;

/** The platform answers the first request with 429 and asks for 30 s. */
function openApi() {
  sent = 0;
  line = createHoldline();
  return guardFetch(
    async () =>
      ++sent === 1
        ? new Response(null, { status: 429, headers: { 'retry-after': '30' } })
        : Response.json({ name: 'Ada' }),
    { line },
  );
}
afterEach(async () => {
  jest.useRealTimers();
  await line.close();
});

test('jest.useFakeTimers() and advanceTimersByTimeAsync: a wait ends when the test moves the time', async () => {
  jest.useFakeTimers();
  const call = openApi()('https://api.example.com/users/1');
  await jest.advanceTimersByTimeAsync(29_999);
  expect(sent).toBe(1);
  await jest.advanceTimersByTimeAsync(102);
  expect((await call).status).toBe(200);
});

test.each([
  ['doNotFake: performance', { doNotFake: ['performance'] }],
  ['legacyFakeTimers', { legacyFakeTimers: true }],
])('%s: the clock of the line stands still, and the wait does not end', async (_, options) => {
  jest.useFakeTimers(options);
  const call = openApi()('https://api.example.com/users/1').catch(({ code }) => code);
  for (let i = 0; i < 60; i++) {
    if (options.legacyFakeTimers) jest.advanceTimersByTime(10_000);
    else await jest.advanceTimersByTimeAsync(10_000);
    await Promise.resolve();
  }
  expect(sent).toBe(1);
  void line.close();
  expect(await call).toBe('HOLDLINE_CLOSED');
});
