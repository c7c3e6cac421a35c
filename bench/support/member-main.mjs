// One process of a fleet. It creates its part of every row in its message and starts on command. The platform is in the parent process;
// a request is a message to the parent, and its response is a message back.
const { rows, url, contestant } = JSON.parse(process.argv[2]);
process.on('disconnect', () => process.exit(1));

const waiting = new Map();
let requests = 0;
const requestOf = (row) => () =>
  new Promise((resolve) => {
    waiting.set(++requests, resolve);
    process.send({ request: requests, row });
  });

const { make } = await import(new URL(contestant, import.meta.url));
const made = [];
for (const row of rows) made.push({ row, ...(await make({ ...row, url, send: requestOf(row.id) })) });

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function work({ row, call }) {
  const result = { id: row.id, ok: 0, failed: 0, calls: 0, reason: undefined };
  const end = performance.now() + row.runMs;
  const worker = async () => {
    while (performance.now() < end) {
      result.calls++;
      try {
        await call();
        result.ok++;
      } catch (error) {
        result.failed++;
        result.reason ??= String(error?.code ?? error?.message ?? error);
        await pause(100);
      }
    }
  };
  const all = Promise.all(Array.from({ length: row.workers }, worker));
  // A call that waits longer than two windows counts as stalled.
  await Promise.race([all, pause(row.runMs + 2 * row.windowMs + 3_000)]);
  return { ...result, waiting: result.calls - result.ok - result.failed };
}

process.on('message', async ({ start, answer, reply }) => {
  if (answer !== undefined) {
    waiting.get(answer)?.(reply);
    waiting.delete(answer);
  }
  if (!start) return;
  const { cpuUsage } = process;
  const before = cpuUsage();
  const results = await Promise.all(made.map(work));
  const { user, system } = cpuUsage(before);
  await Promise.race([Promise.all(made.map(({ stop }) => stop())), pause(1_000)]);
  process.send({ results, cpuMs: (user + system) / 1_000 }, () => process.exit(0));
});
process.send({ ready: true });
