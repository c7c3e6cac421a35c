// Ends the process after SIGTERM: first nothing new, then everything that is under way, then what is left over.
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** The orchestrator kills the process after its grace period, so `drainMs + closeMs` must be shorter. */
export function shutDownOnSigterm({ server, line, store, drainMs = 15_000, closeMs = 5_000 }) {
  process.once('SIGTERM', () => void shutDown());
  // Connections stay open after an answer, and would bring further requests.
  server.on('request', (request, response) => {
    response.once('finish', () => {
      if (!server.listening) server.closeIdleConnections();
    });
  });

  async function shutDown() {
    // 1. Accept no new request. Requests under way continue.
    const answered = once(server, 'close');
    server.close();
    server.closeIdleConnections();

    // 2. Let the calls end, for a limited time.
    const limit = new AbortController();
    const calls = Promise.all([answered, line.drain()]);
    await Promise.race([calls, delay(drainMs, undefined, { signal: limit.signal }).catch(() => undefined)]);
    limit.abort(); // the timer would keep the process alive

    // 3. End the rest: waiting calls fail with a ClosedError, and failed writes go to the store.
    await line.close({ timeoutMs: closeMs });
    await store.close();
    server.closeAllConnections();
    // Nothing keeps the process alive now. It needs no process.exit().
  }
}
