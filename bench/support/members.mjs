// Rows with several processes. Each process works on its part of all rows of one contestant. The platforms are in this process, so that
// all members of a row use the same platform.
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createServer } from '../servers.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const entry = here('member-main.mjs');

/** A Node that supports Effect: the current one or that of the optional dependency. */
export function nodeForEffect() {
  if (!existsSync(here('../node_modules/@effect/platform-node'))) return undefined;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return process.execPath;
  const binary = here('../node_modules/node-22/bin/node');
  return existsSync(binary) ? binary : undefined;
}

/**
 * Starts as many processes as the largest row needs. The first two processes work on a row with two.
 *
 * @param rows `{ id, processes, workers, limit, windowMs, runMs, server }`; `server` has the options of {@link createServer}.
 * @returns by id: the log of the server, the results of the calls, and the number of waiting calls.
 */
export async function runMembers({ rows, contestant, execPath = process.execPath, url }) {
  const servers = new Map(rows.map((row) => [row.id, createServer(row.server)]));
  const n = Math.max(...rows.map(({ processes }) => processes));
  const children = Array.from({ length: n }, (_, i) => {
    const own = rows.filter(({ processes }) => i < processes).map(({ server, ...row }) => row);
    return fork(entry, [JSON.stringify({ rows: own, url, contestant })], { execPath });
  });
  try {
    const events = children.map((child) => {
      const ready = deferred();
      const done = deferred();
      child.on('message', async (message) => {
        if (message.ready) ready.resolve();
        if (message.results) done.resolve(message);
        if (message.request === undefined) return;
        const reply = await servers.get(message.row).request();
        if (child.connected) child.send({ answer: message.request, reply });
      });
      const fail = (error) => (ready.reject(error), done.reject(error));
      child.on('exit', (code, signal) => fail(new Error(`a process ended with ${signal ?? code}`)));
      child.on('error', fail);
      done.promise.catch(() => undefined);
      return { ready: ready.promise, done: done.promise };
    });
    await Promise.all(events.map(({ ready }) => ready));
    for (const server of servers.values()) server.start();
    for (const child of children) child.send({ start: true });
    const all = await Promise.all(events.map(({ done }) => done));
    const parts = all.flatMap(({ results }) => results);
    const sum = (id, key) => parts.filter((part) => part.id === id).reduce((total, part) => total + part[key], 0);
    return {
      cpuMs: all.reduce((total, { cpuMs }) => total + cpuMs, 0),
      rows: rows.map(({ id, runMs }) => ({
        id,
        log: servers.get(id).log.filter(([at]) => at < runMs),
        failed: sum(id, 'failed'),
        waiting: sum(id, 'waiting'),
        reason: parts.find((part) => part.id === id && part.reason)?.reason,
      })),
    };
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

function deferred() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}
