// Runs one contestant against one server of its own.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createServer } from '../servers.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Workers call one after the other until the time is over; a worker whose call failed pauses for 100 ms.
 *
 * @param during Told when the run begins, with the server and how to keep a timer: for another client, or a limit that moves.
 */
export async function drive({ contestant, server: options, workers = 20, runMs, id, during }) {
  const server = createServer(options);
  let made;
  try {
    made = contestant.make({ limit: options.limit, windowMs: options.windowMs, send: () => server.request('us'), id });
  } catch (error) {
    return { broken: String(error) };
  }
  const timers = [];
  let over = false;
  let ok = 0;
  let failed = 0;
  const reasons = {};
  const work = async () => {
    while (!over) {
      try {
        await made.call();
        if (!over) ok++;
      } catch (error) {
        if (over) return;
        failed++;
        const reason = String(error?.code ?? error?.response?.status ?? error?.message);
        reasons[reason] = (reasons[reason] ?? 0) + 1;
        await pause(100);
      }
    }
  };
  server.start();
  during?.(server, timers);
  for (let i = 0; i < workers; i++) void work();
  await pause(runMs);
  over = true;
  server.stop();
  for (const timer of timers) clearInterval(timer);
  made.stop();
  return { log: server.log.filter(([at]) => at < runMs), ok, failed, reasons };
}

/** Runs all jobs at the same time, a little apart, and says how late the event loop was meanwhile. */
export async function together(jobs) {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const results = await Promise.all(
    jobs.map(async (job, i) => {
      await pause(i * 7);
      return job();
    }),
  );
  delay.disable();
  const ms = (ns) => Math.max(0, ns / 1e6 - 5);
  return { results, loop: { p99: ms(delay.percentile(99)), max: ms(delay.max) } };
}
