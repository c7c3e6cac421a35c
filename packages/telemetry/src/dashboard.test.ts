import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, test } from 'vitest';
import { buildDashboard } from '../grafana/dashboard.mjs';
import { INSTRUMENTS } from './instruments.js';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** All expressions of the dashboard, with the variables of Grafana replaced as Grafana does. */
const expressions = buildDashboard().panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [title, expr.replaceAll('$__rate_interval', '1m').replaceAll('$job', '.*')] as const),
);

/** Names of metrics of the JavaScript exporter, without the suffixes of histograms and counters. */
const KNOWN = new Set(INSTRUMENTS.map(({ name }) => name.replaceAll('.', '_')));

/** Names of metrics in an expression. */
function metricsOf(expr: string): string[] {
  const names = [...expr.matchAll(/\b(holdline_[a-z_]+|http_client_request_duration)(?=\(_seconds\)\?|\{|\[| )/g)];
  return names.map(([, name]) => (name ?? '').replace(/_total$/, ''));
}

function syntaxErrors(expr: string): string[] {
  const errors: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) errors.push(expr.slice(Math.max(0, from - 20), to + 20));
    },
  });
  return errors;
}

describe('the dashboard', () => {
  test('in the package is the one that its builder makes', () => {
    expect(JSON.parse(read('grafana/holdline-dashboard.json'))).toEqual(buildDashboard());
  });

  test.each(expressions)('has a query that parses: %s, %s', (_title, expr) => {
    expect(syntaxErrors(expr)).toEqual([]);
    expect(expr).not.toContain('$');
    const metrics = metricsOf(expr);
    expect(metrics.length).toBeGreaterThan(0);
    for (const name of metrics) expect(KNOWN).toContain(name);
  });

  test('shows every metric', () => {
    const shown = new Set(expressions.flatMap(([, expr]) => metricsOf(expr)));
    expect([...KNOWN].filter((name) => !shown.has(name))).toEqual([]);
  });

  test('finds a query that does not parse', () => {
    expect(syntaxErrors('sum(rate(holdline_calls_total[1m])')).not.toEqual([]);
  });
});

test('the alert rules name only metrics that exist', () => {
  const rules = read('prometheus/holdline-rules.yml');
  const names = [
    ...rules.matchAll(
      /(?<![:\w])(holdline_[a-z_]+?|http_client_request_duration)(\(_seconds\)\?)?(_bucket|_total)?(?=[{\[" )]|$)/gm,
    ),
  ];
  const labels =
    /^holdline_(line|route|outcome|scope|scope_kind|quota_name|token_result|credential|breaker_state|dead_letter_change)$/;
  const metrics = names.map(([, name]) => name ?? '').filter((name) => !labels.test(name));
  expect(metrics.length).toBeGreaterThan(20);
  for (const name of metrics) expect(KNOWN).toContain(name);
});
