import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import * as core from '@holdline/core';
import { guardFetch } from '@holdline/fetch';
import { telemetry } from '@holdline/telemetry';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { expect, onTestFinished, test } from 'vitest';
import { buildDashboard } from '../packages/telemetry/grafana/dashboard.mjs';
import { simulate, sleep, until } from './support.js';
import { createLoadLine, runLoad } from './telemetry-load.mjs';
import { prometheusProgram, startPrometheus } from './telemetry-prometheus.js';

const here = (path: string): string => fileURLToPath(new URL(`../packages/telemetry/${path}`, import.meta.url));
/** The rules as the package ships them. */
const RULES = here('dist/holdline-rules.yml');

test('promtool accepts the alert rules, and they raise and resolve at the right time', () => {
  const promtool = prometheusProgram('promtool');
  execFileSync(promtool, ['check', 'rules', RULES], { stdio: 'pipe' });
  let output = '';
  try {
    output = execFileSync(promtool, ['test', 'rules', here('prometheus/holdline-rules.test.yml')], {
      encoding: 'utf8',
    });
  } catch (error) {
    throw new Error(`the rules fail their tests: ${String((error as { stdout?: string }).stdout)}`, { cause: error });
  }
  expect(output).toContain('SUCCESS');
});

test('every panel of the dashboard shows data after a load, every metric is in a scrape, and promtool accepts the scrape', async () => {
  const simulator = await simulate();
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({ readers: [exporter] });
  onTestFinished(() => provider.shutdown());
  // The exporter's own server cannot report a port that the system chose.
  const server = createServer((request, response) => exporter.getMetricsRequestHandler(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;

  const { line, place } = createLoadLine(core, simulator);
  onTestFinished(() => line.close({ timeoutMs: 100 }));
  onTestFinished(telemetry(line, { meterProvider: provider, tenants: true, callDuration: true }));
  const prometheus = await startPrometheus(port, RULES);
  // Counters need a value from before the load, or a rate would not see their first one.
  await until(async () => (await prometheus.query('up{job="test"} == 1')).length > 0);
  const api = guardFetch(fetch, line);
  await runLoad(core, { simulator, api, place });
  // A counter that is new has no rate. A second load makes each one grow.
  place.comeBack();
  await sleep(1_500);
  const second = createLoadLine(core, simulator);
  onTestFinished(() => second.line.close({ timeoutMs: 100 }));
  onTestFinished(telemetry(second.line, { meterProvider: provider, tenants: true, callDuration: true }));
  await runLoad(core, { simulator, api: guardFetch(fetch, second.line), place: second.place });
  await sleep(1_500);

  const scrape = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const check = execFileSync(prometheusProgram('promtool'), ['check', 'metrics'], { input: scrape, encoding: 'utf8' });
  expect(check).toBe('');
  expect(scrape).toContain('otel_scope_name="holdline"');

  const empty: string[] = [];
  const unscraped = new Set<string>();
  let queries = 0;
  for (const { title, targets = [] } of buildDashboard().panels) {
    for (const { expr } of targets) {
      queries++;
      const values = await prometheus.query(expr.replaceAll('$__rate_interval', '1m').replaceAll('$job', 'test'));
      if (!values.some(({ value }) => Number.isFinite(value))) empty.push(`${title}: ${expr}`);
      for (const name of expr.match(/(holdline|http_client)_[a-z_]+(?=[{(])/g) ?? [])
        if (!new RegExp(`^${name}(_bucket)?\\{`, 'm').test(scrape)) unscraped.add(name);
    }
  }
  expect(queries).toBeGreaterThan(30);
  expect(empty).toEqual([]);
  expect([...unscraped]).toEqual([]);

  // The counts in Prometheus are those of the platform.
  const [attempts] = await prometheus.query('sum(holdline_attempts_total)');
  expect(attempts?.value).toBe(simulator.stats().requests);
  await until(async () => {
    const alerts = await prometheus.alerts();
    return [
      'HoldlineRefused',
      'HoldlineTokenRefreshFailing',
      'HoldlineServiceUnavailable',
      'HoldlineCircuitOpen',
    ].every((name) => alerts.includes(name));
  });
});
