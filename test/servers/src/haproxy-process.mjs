// Plain JavaScript without dependencies: scripts/haproxy.mjs uses this file before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bringProgram } from './debian-program.mjs';
import { freePort } from './redis-process.mjs';

export const HAPROXY = {
  name: 'HAProxy',
  variable: 'HOLDLINE_HAPROXY',
  commands: ['haproxy', '/usr/sbin/haproxy'],
  packages: ['haproxy', 'libopentracing-c-wrapper0', 'libopentracing1', 'liblua5.3-0', 'libpcre2-8-0'],
  path: 'usr/sbin/haproxy',
};

/** A busy machine may need this long to start or reload, ms. */
const MAX_WAIT_MS = 45_000;

let found;

export function bringHaproxy() {
  return (found ??= bringProgram(HAPROXY));
}

export function refusalOfHaproxy(text) {
  const directory = mkdtempSync(join(tmpdir(), 'holdline-haproxy-check-'));
  try {
    const file = join(directory, 'haproxy.cfg');
    writeFileSync(file, text);
    const { command, env } = bringHaproxy();
    const result = spawnSync(command, ['-c', '-f', file], { encoding: 'utf8', env: { ...process.env, ...env } });
    return result.status === 0 ? undefined : `${result.stdout}${result.stderr}` || String(result.error);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const accepts = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

async function until(holds, what) {
  const end = performance.now() + MAX_WAIT_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`did not happen within ${MAX_WAIT_MS} ms: ${what()}`);
    await sleep(10);
  }
}

export class HaproxyProcess {
  #child;
  #output = '';
  #errors = '';

  constructor(directory, port) {
    this.directory = directory;
    this.port = port;
  }

  static async spawn(make) {
    const server = new HaproxyProcess(mkdtempSync(join(tmpdir(), 'holdline-haproxy-')), await freePort());
    server.write(make({ directory: server.directory, port: server.port }));
    await server.#start();
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  get #file() {
    return join(this.directory, 'haproxy.cfg');
  }

  /** Socket of the master process. */
  get #master() {
    return join(this.directory, 'master.sock');
  }

  async #start() {
    const { command, env } = bringHaproxy();
    const child = spawn(command, ['-W', '-S', this.#master, '-f', this.#file], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text) => (this.#output += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (this.#errors += text));
    let ended = false;
    child.on('close', () => (ended = true));
    child.on('error', (error) => (this.#errors += error.message));
    const isUp = async () => {
      if (ended) throw new Error(`HAProxy ended: ${this.#errors}${this.#output}`);
      return accepts(this.port);
    };
    await until(isUp, () => `HAProxy starts: ${this.#errors}`);
  }

  get logs() {
    return this.#output
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('{'));
  }

  get output() {
    return this.#output + this.#errors;
  }

  write(text) {
    writeFileSync(this.#file, text);
  }

  async command(text) {
    let answer;
    // A worker process that just started resets the connection.
    await until(
      async () => (answer = await this.#tryCommand(text)) !== undefined,
      () => `HAProxy answers '${text}'`,
    );
    return answer;
  }

  #tryCommand(text) {
    return new Promise((resolve) => {
      const socket = connect(this.#master);
      let answer = '';
      socket.setEncoding('utf8').on('data', (part) => (answer += part));
      socket.on('error', () => resolve(undefined)).on('close', () => resolve(answer));
      socket.end(`${text}\n`);
    });
  }

  /** Ids of the worker processes that take connections. */
  async #workers() {
    const current = (await this.command('show proc')).split('# old workers')[0] ?? '';
    return [...current.matchAll(/^(\d+)\s+worker/gm)].map(([, id]) => Number(id));
  }

  async reload() {
    const before = await this.#workers();
    this.#child.kill('SIGUSR2');
    const isNew = async () => {
      const now = await this.#workers();
      return now.length > 0 && now.every((id) => !before.includes(id));
    };
    await until(isNew, () => `HAProxy reloads: ${this.#errors}`);
  }

  async end() {
    const child = this.#child;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      // The master ends its workers.
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(force);
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}
