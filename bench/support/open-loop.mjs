// A load generator with constant arrivals. A request that finds no idle connection waits for one, and its latency counts from the time
// at which it was due, so that a slow server cannot slow the arrivals down (no coordinated omission).
import { connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);

/** One connection with keep-alive that has at most one request on the wire. It reads answers with a Content-Length. */
class Connection {
  #socket;
  #buffer = NOTHING;
  #settle;
  /** Bytes of the answer that are missing, once its head has been read. */
  #missing;
  #status = 0;

  constructor(port) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#end(0));
  }

  /** Sends a request as text and calls `settle` with the status, or with 0 when the connection breaks. */
  send(text, settle) {
    this.#settle = settle;
    this.#socket.write(text, 'latin1');
  }

  destroy() {
    this.#socket.destroy();
  }

  #read(chunk) {
    if (this.#missing === undefined) {
      this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
      const end = this.#buffer.indexOf(HEAD_END);
      if (end < 0) return;
      const head = this.#buffer.latin1Slice(0, end);
      this.#status = Number(head.slice(9, 12));
      const length = /\r\ncontent-length: (\d+)/i.exec(head);
      this.#missing = (length ? Number(length[1]) : 0) - (this.#buffer.length - end - HEAD_END.length);
      this.#buffer = NOTHING;
    } else this.#missing -= chunk.length;
    if (this.#missing <= 0) this.#end(this.#status);
  }

  #end(status) {
    const settle = this.#settle;
    this.#missing = this.#settle = undefined;
    settle?.(status);
  }
}

/** Part of sorted values as a quantile. */
const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

/**
 * Sends `perSec` requests a second for `runMs` and resolves with the latencies in ms and the number of answers by status. `next()` returns
 * the text of the next request. The first `warmUpMs` are sent but not measured.
 */
export async function offer({ port, perSec, runMs, warmUpMs = 0, connections = 64, next }) {
  const idle = Array.from({ length: connections }, () => new Connection(port));
  const all = [...idle];
  const due = [];
  const latencies = [];
  const statuses = {};
  let waiting = 0;
  let open = 0;
  let finish;
  const finished = new Promise((resolve) => (finish = resolve));
  let isOver = false;
  const startedAt = performance.now();

  const send = (connection, dueAt) => {
    open += 1;
    connection.send(next(), (status) => {
      open -= 1;
      if (dueAt - startedAt >= warmUpMs) {
        latencies.push(performance.now() - dueAt);
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
      const later = due[waiting];
      if (later === undefined) idle.push(connection);
      else {
        waiting += 1;
        send(connection, later);
      }
      if (isOver && open === 0) finish();
    });
  };
  let sent = 0;
  const total = Math.round(((warmUpMs + runMs) * perSec) / 1_000);
  const tick = () => {
    const now = performance.now();
    while (sent < total) {
      const dueAt = startedAt + (sent * 1_000) / perSec;
      if (dueAt > now) break;
      sent += 1;
      const connection = idle.pop();
      if (connection === undefined) due.push(dueAt);
      else send(connection, dueAt);
    }
    if (sent < total) setTimeout(tick, 1);
    else {
      isOver = true;
      if (open === 0) finish();
    }
  };
  tick();
  await finished;
  const tookMs = performance.now() - startedAt - warmUpMs;
  for (const connection of all) connection.destroy();
  latencies.sort((a, b) => a - b);
  return {
    perSec: (latencies.length / tookMs) * 1_000,
    statuses,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    p999: quantile(latencies, 0.999),
    max: latencies.at(-1) ?? 0,
  };
}
