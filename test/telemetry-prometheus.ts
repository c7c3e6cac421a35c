import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { until } from './support.js';

/** Where the package of Debian is unpacked, once for all runs. */
const CACHE = join(tmpdir(), 'holdline-prometheus');

/**
 * Returns the path of a program of Debian's package `prometheus`: an installed one, or one from the downloaded and unpacked package. No
 * service is installed.
 *
 * @throws Error that says what is missing.
 */
export function prometheusProgram(name: 'prometheus' | 'promtool'): string {
  const installed = (process.env.PATH ?? '').split(':').map((dir) => join(dir, name));
  const found = [...installed, join(CACHE, 'usr/bin', name)].find((path) => existsSync(path));
  if (found !== undefined) return found;
  mkdirSync(CACHE, { recursive: true });
  try {
    execFileSync('apt-get', ['download', 'prometheus'], { cwd: CACHE, stdio: 'pipe' });
    const deb = readdirSync(CACHE).find((file) => file.endsWith('.deb')) ?? '';
    execFileSync('dpkg-deb', ['-x', deb, CACHE], { cwd: CACHE, stdio: 'pipe' });
  } catch (error) {
    throw new Error(
      `This test needs ${name}. It is not in PATH, and Debian's package "prometheus" could not be downloaded (apt-get download prometheus).`,
      { cause: error },
    );
  }
  return join(CACHE, 'usr/bin', name);
}

/** A port that was free a moment ago. Prometheus cannot choose one itself. */
async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A running Prometheus. */
export interface Prometheus {
  /** Values of a query now. */
  query(expr: string): Promise<{ metric: Record<string, string>; value: number }[]>;
  /** Names of the alerts that fire or are pending. */
  alerts(): Promise<string[]>;
}

/** Starts a Prometheus that reads a target every 500 ms. It ends with the test. */
export async function startPrometheus(targetPort: number, rules: string): Promise<Prometheus> {
  const program = prometheusProgram('prometheus');
  const dir = mkdtempSync(join(tmpdir(), 'holdline-prometheus-data-'));
  const port = await findFreePort();
  const config = `global: { scrape_interval: 500ms, evaluation_interval: 500ms }
rule_files: ['${rules}']
scrape_configs: [{ job_name: test, static_configs: [{ targets: ['127.0.0.1:${targetPort}'] }] }]
`;
  writeFileSync(join(dir, 'prometheus.yml'), config);
  const child: ChildProcess = spawn(
    program,
    [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let output = '';
  child.stderr?.on('data', (chunk) => (output = `${output}${String(chunk)}`.slice(-4_000)));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(dir, { recursive: true, force: true });
  });
  const base = `http://127.0.0.1:${port}`;
  const isReady = (): Promise<boolean> =>
    fetch(`${base}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`prometheus ended: ${output}`);
    return isReady();
  });
  const read = async (path: string): Promise<{ data: Record<string, unknown[]> }> => {
    const response = await fetch(`${base}${path}`);
    const body = (await response.json()) as { status: string; error?: string; data: Record<string, unknown[]> };
    if (body.status !== 'success') throw new Error(`${path}: ${body.error ?? 'failed'}`);
    return body;
  };
  return {
    async query(expr) {
      const { data } = await read(`/api/v1/query?query=${encodeURIComponent(expr)}`);
      const result = data.result as { metric: Record<string, string>; value: [number, string] }[];
      return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    async alerts() {
      const { data } = await read('/api/v1/alerts');
      return (data.alerts as { labels: { alertname: string } }[]).map(({ labels }) => labels.alertname);
    },
  };
}
