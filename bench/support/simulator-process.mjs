// The simulator as a process of its own, started by the command line, and requests for it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../packages/cli/dist/cli.js', import.meta.url));
const CONTROL = fileURLToPath(new URL('constant-server.mjs', import.meta.url));
/** Clock ticks and pages of Linux. */
const TICK_MS = 10;
const PAGE_BYTES = 4_096;

/** Starts a server that prints its address. `cpuMs()` is the CPU time of the process so far, all threads together. */
async function startProcess(args) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const url = await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output);
      if (found) resolve(found[0]);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
  });
  const readStat = () => readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return {
    url,
    port: Number(new URL(url).port),
    cpuMs: () => (Number(readStat()[11]) + Number(readStat()[12])) * TICK_MS,
    residentMb: () => (Number(readStat()[21]) * PAGE_BYTES) / 1e6,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      await ended;
    },
  };
}

/** Starts `holdline simulator` with these options. `cli` names another build of the command line, and `flags` are for Node. */
export async function startSimulatorProcess(options, { cli = CLI, flags = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'holdline-bench-'));
  const config = join(folder, 'simulator.json');
  writeFileSync(config, JSON.stringify(options));
  try {
    return await startProcess([...flags, cli, 'simulator', '--config', config]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Starts the control: a server that always answers the same. */
export const startControlProcess = () => startProcess([CONTROL]);

/** Gets access tokens of so many clients. */
export async function getTokens(url, many) {
  const tokens = [];
  for (let n = 0; n < many; n += 1) {
    const response = await fetch(`${url}/oauth/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`client-${n}:secret`)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    tokens.push((await response.json()).access_token);
  }
  return tokens;
}

const NOTE = JSON.stringify({ name: 'Written by the benchmark', description: 'x'.repeat(200) });
/** What integrations call most: single reads, lists, the own user, states of users, searches and some writes. Weights in percent. */
const MIX = [
  [20, 'GET', () => `/api/v2/users/${uuid()}`],
  [10, 'GET', () => '/api/v2/users/me?expand=presence'],
  [12, 'GET', () => `/api/v2/routing/queues/${uuid()}`],
  [8, 'GET', () => `/api/v2/routing/queues/${uuid()}/wrapupcodes?pageSize=25`],
  [8, 'GET', () => `/api/v2/conversations/${uuid()}`],
  [8, 'GET', () => `/api/v2/telephony/providers/edges/trunks/${uuid()}`],
  [8, 'GET', () => `/api/v2/architect/schedules/${uuid()}`],
  [6, 'GET', () => '/api/v2/routing/queues?pageSize=25&pageNumber=1'],
  [6, 'GET', () => `/api/v2/users/${uuid()}/routingstatus`],
  [4, 'GET', () => '/api/v2/architect/schedulegroups?pageSize=25'],
  [4, 'POST', () => '/api/v2/analytics/conversations/details/query', '{"paging":{"pageSize":25,"pageNumber":1}}'],
  [2, 'POST', () => '/api/v2/architect/schedules', NOTE],
  [2, 'PUT', () => `/api/v2/architect/schedules/${uuid()}`, NOTE],
  [2, 'PATCH', () => `/api/v2/users/${uuid()}`, '{"title":"Agent"}'],
];

let count = 0;
/** A new id for each request. */
const uuid = () => `${(count++).toString(16).padStart(8, '0')}-7d1c-4b0e-93a1-4c1f9b1a0123`;

/** Returns a function that writes the next request of the mix, with one token after the other. */
export function writeRequests(tokens) {
  const routes = MIX.flatMap(([weight, ...route]) => Array.from({ length: weight }, () => route));
  let n = 0;
  return () => {
    n += 1;
    // A step that shares no factor with 100 visits every route once per 100 requests.
    const [method, path, body = ''] = routes[(n * 37) % routes.length];
    const head = `${method} ${path()} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nAuthorization: Bearer ${tokens[n % tokens.length]}\r\n`;
    return body === ''
      ? `${head}\r\n`
      : `${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
}
