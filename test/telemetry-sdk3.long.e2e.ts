import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The SDK 3 set. It needs Node 22.15 or later, so it cannot be a dependency of this workspace. */
const SDK = [
  '@opentelemetry/api@1.10.0',
  '@opentelemetry/sdk-metrics@3.1.1',
  '@opentelemetry/sdk-trace@3.1.1',
  '@opentelemetry/exporter-prometheus@0.301.0',
  '@opentelemetry/context-async-hooks@3.1.1',
  '@opentelemetry/instrumentation-undici@0.34.0',
];
const PACKAGES = ['core', 'fetch', 'simulator', 'telemetry'];
const FILES = ['telemetry-load.mjs', 'telemetry-sdk3-member.mjs'];

interface Report {
  node: string;
  requests: number;
  refused: number;
  tokensIssued: number;
  attempts: number;
  durations: number;
  refusals: number;
  refreshes: number;
  storeLost: number;
  names: string[];
  attemptSpans: number;
  traces: number;
  orphans: number;
  oursBeside: number;
  theirsBeside: number;
}

/** Installs the SDK with npm, and puts the built packages and the scripts beside it, as an application would have them. */
async function install(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'holdline-sdk3-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const { dependencies } = JSON.parse(readFileSync(here('../packages/simulator/package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const others = Object.entries(dependencies).map(([name, range]) => `${name}@${range}`);
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', ...SDK, ...others], {
    cwd: dir,
  });
  for (const name of PACKAGES) {
    const to = join(dir, 'node_modules/@holdline', name);
    mkdirSync(to, { recursive: true });
    cpSync(here(`../packages/${name}/dist`), join(to, 'dist'), { recursive: true });
    copyFileSync(here(`../packages/${name}/package.json`), join(to, 'package.json'));
  }
  for (const file of FILES) copyFileSync(here(file), join(dir, file));
  return dir;
}

test('works with OpenTelemetry API 1.10 and SDK 3 on Node 22', async () => {
  const node = here('node_modules/node-22/bin/node');
  if (!existsSync(node))
    throw new Error('This test needs Node 22 from the optional dependency node-22 of test/package.json.');
  const dir = await install();
  const { version } = JSON.parse(
    readFileSync(join(dir, 'node_modules/@opentelemetry/sdk-metrics/package.json'), 'utf8'),
  ) as { version: string };
  expect(version).toBe('3.1.1');
  const { stdout } = await run(node, [join(dir, 'telemetry-sdk3-member.mjs')], { cwd: dir, timeout: 90_000 });
  const report = JSON.parse(stdout) as Report;
  expect(report.node).toMatch(/^v22\./);
  expect(report).toMatchObject({
    attempts: report.requests,
    durations: report.requests,
    refusals: report.refused,
    refreshes: report.tokensIssued,
    storeLost: 1,
    attemptSpans: report.requests,
    traces: 1,
    orphans: 0,
    // The instrumentation of undici records the histogram, so telemetry leaves it out.
    oursBeside: 0,
    theirsBeside: 3,
  });
  expect(report.requests).toBeGreaterThan(40);
  expect(report.names).toEqual(
    expect.arrayContaining(['http_client_request_duration', 'holdline_calls_total', 'holdline_quota_used']),
  );
});
