// Runs one contestant against its own server.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createServer } from '../servers.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Each worker makes one call after the other until `runMs` is over. After a failed call, the worker pauses for 100 ms.
 *
 * @param during Called at the start with the server and the list of timers, for another client or a changing limit.
 */
export async function driveContestant({ contestant, server: options, workers = 20, runMs, id, during }) {
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

/** Runs all jobs at the same time with slightly different starts, and measures the delay of the event loop. */
export async function runTogether(jobs) {
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
