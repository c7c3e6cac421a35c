// The Grafana dashboard of @holdline/telemetry. `node packages/telemetry/grafana/build.mjs` writes it to holdline-dashboard.json.
import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

const SOURCE = { type: 'prometheus', uid: '${datasource}' };
/** Selects the series of the chosen jobs. */
const JOB = 'job=~"$job"';

/** A selector of a metric, with more conditions. */
const of = (metric, ...conditions) => `${metric}{${[JOB, ...conditions].join(',')}}`;
/** A selector of a metric that an OpenTelemetry Collector names with its unit. */
const seconds = (metric, suffix = '') => `{__name__=~"${metric}(_seconds)?${suffix}",${JOB}}`;
/** Events per minute, by labels. */
const perMinute = (metric, by, ...conditions) =>
  `60 * sum by (${by}) (rate(${of(metric, ...conditions)}[$__rate_interval]))`;
/** A quantile of a histogram, by labels. */
const quantile = (q, metric, by = '') =>
  `histogram_quantile(${q}, sum by (${by === '' ? '' : `${by}, `}le) (rate(${seconds(metric, '_bucket')}[$__rate_interval])))`;

const QUOTA_LABELS = 'holdline_scope_kind, holdline_scope, holdline_quota_name';
const quotaShare = (by) =>
  `max by (${by}) (${of('holdline_quota_used')} / (${of('holdline_quota_limit')} > 0))`.replace('max by () ', 'max');

const panels = {
  'At a glance': [
    stat('Requests a minute', 'short', [perMinute('holdline_attempts_total', '').replace('sum by () ', 'sum')]),
    stat(
      'Calls that succeed',
      'percentunit',
      [
        `sum(rate(${of('holdline_calls_total', 'holdline_outcome="ok"')}[$__rate_interval])) / sum(rate(${of('holdline_calls_total')}[$__rate_interval]))`,
      ],
      [
        [null, 'red'],
        [0.9, 'yellow'],
        [0.99, 'green'],
      ],
    ),
    stat('Slowest requests (p99)', 's', [quantile(0.99, 'http_client_request_duration')]),
    stat(
      'Fullest quota',
      'percentunit',
      [quotaShare('')],
      [
        [null, 'green'],
        [0.8, 'yellow'],
        [0.95, 'red'],
      ],
    ),
    stat('Waiting calls', 'short', [`sum(${of('holdline_queue_length')})`]),
    stat(
      'Closed gates',
      'short',
      [`sum(${of('holdline_gate_closed')}) or vector(0)`],
      [
        [null, 'green'],
        [1, 'yellow'],
      ],
    ),
  ],
  'Quotas and refusals': [
    series('Use of quotas', 'percentunit', [[quotaShare(QUOTA_LABELS), '{{holdline_scope}} {{holdline_quota_name}}']]),
    series('Permits in use, and limits', 'short', [
      [`max by (${QUOTA_LABELS}) (${of('holdline_quota_used')})`, '{{holdline_scope}} used'],
      [`max by (${QUOTA_LABELS}) (${of('holdline_quota_limit')})`, '{{holdline_scope}} limit'],
    ]),
    series('Refusals of the platform a minute', 'short', [
      [
        perMinute('holdline_refusals_total', 'holdline_route, http_response_status_code'),
        '{{holdline_route}} {{http_response_status_code}}',
      ],
    ]),
    series('Time until gates open', 's', [
      [
        `max by (holdline_scope_kind, holdline_scope) (${seconds('holdline_gate_time_to_open')})`,
        '{{holdline_scope_kind}} {{holdline_scope}}',
      ],
    ]),
  ],
  Waiting: [
    series('Waiting calls by priority', 'short', [
      [`sum by (holdline_priority) (${of('holdline_queue_length')})`, '{{holdline_priority}}'],
    ]),
    series('Waiting calls by tenant (needs the option tenants)', 'short', [
      [`topk(10, sum by (holdline_tenant) (${of('holdline_queue_tenant_length')}))`, '{{holdline_tenant}}'],
    ]),
    series('Time in the queue', 's', [
      [quantile(0.5, 'holdline_queue_wait_duration', 'holdline_priority'), '{{holdline_priority}} p50'],
      [quantile(0.95, 'holdline_queue_wait_duration', 'holdline_priority'), '{{holdline_priority}} p95'],
    ]),
    series('Calls that the line refused a minute', 'short', [
      [perMinute('holdline_rejections_total', 'holdline_route, error_type'), '{{holdline_route}} {{error_type}}'],
    ]),
    series('Active calls and attempts', 'short', [
      [`sum(${of('holdline_calls_active')})`, 'calls'],
      [`sum(${of('holdline_attempts_active')})`, 'attempts on the wire'],
    ]),
  ],
  'Calls and attempts': [
    series('Calls a minute by route', 'short', [
      [`topk(10, ${perMinute('holdline_calls_total', 'holdline_route')})`, '{{holdline_route}}'],
    ]),
    series('Failed calls a minute', 'short', [
      [
        perMinute('holdline_calls_total', 'holdline_route, error_type', 'holdline_outcome="failed"'),
        '{{holdline_route}} {{error_type}}',
      ],
    ]),
    series('Duration of calls with all waits (p95), with `callDuration`', 's', [
      [`topk(10, ${quantile(0.95, 'holdline_call_duration', 'holdline_route')})`, '{{holdline_route}}'],
    ]),
    series('Duration of requests', 's', [
      [quantile(0.5, 'http_client_request_duration'), 'p50'],
      [quantile(0.95, 'http_client_request_duration'), 'p95'],
      [quantile(0.99, 'http_client_request_duration'), 'p99'],
    ]),
    series('Attempts a minute by outcome', 'short', [
      [
        perMinute('holdline_attempts_total', 'holdline_attempt_outcome, http_response_status_code'),
        '{{holdline_attempt_outcome}} {{http_response_status_code}}',
      ],
    ]),
    series('Retries a minute by reason', 'short', [
      [perMinute('holdline_retries_total', 'holdline_retry_reason'), '{{holdline_retry_reason}}'],
    ]),
    series('Calls given up a minute', 'short', [
      [perMinute('holdline_give_ups_total', 'holdline_give_up_reason'), '{{holdline_give_up_reason}}'],
    ]),
    series('Calls answered without a request a minute', 'short', [
      [perMinute('holdline_calls_saved_total', 'holdline_saved_by'), '{{holdline_saved_by}}'],
    ]),
  ],
  'Circuits, tokens and stores': [
    series('Circuits that are not closed', 'short', [
      [
        `sum by (holdline_route, holdline_breaker_state) (${of('holdline_breaker_circuits', 'holdline_breaker_state!="closed"')})`,
        '{{holdline_route}} {{holdline_breaker_state}}',
      ],
    ]),
    series('Retries left in the budget', 'short', [
      [`min by (server_address) (${of('holdline_retry_budget_left')})`, '{{server_address}}'],
    ]),
    series('Access tokens', 's', [
      [`max(${seconds('holdline_token_age')})`, 'age of the oldest'],
      [`min(${seconds('holdline_token_time_to_expiry')})`, 'time until the next expires'],
    ]),
    series('Refreshes of tokens a minute', 'short', [
      [perMinute('holdline_token_refreshes_total', 'holdline_token_result'), '{{holdline_token_result}}'],
    ]),
    series('Dead letters a minute', 'short', [
      [perMinute('holdline_dead_letters_total', 'holdline_dead_letter_change'), '{{holdline_dead_letter_change}}'],
    ]),
    series('Stores', 'short', [
      [`sum(${of('holdline_store_lost')})`, 'lost stores'],
      [
        perMinute('holdline_store_failures_total', 'holdline_store_operation'),
        '{{holdline_store_operation}} failures a minute',
      ],
    ]),
  ],
};

function query(expr, legend) {
  const target = new DataqueryBuilder().expr(expr).datasource(SOURCE).range();
  return legend === undefined ? target : target.legendFormat(legend);
}

function withQueries(panel, queries) {
  queries.forEach(([expr, legend], i) => panel.withTarget(query(expr, legend).refId(String.fromCharCode(65 + i))));
  return panel;
}

function stat(title, unit, expressions, steps) {
  const panel = new StatBuilder().title(title).unit(unit).datasource(SOURCE).height(4).span(4).noValue('–');
  if (steps) {
    const thresholds = steps.map(([value, color]) => ({ value, color }));
    panel.thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(thresholds));
  }
  return withQueries(
    panel,
    expressions.map((expr) => [expr]),
  );
}

function series(title, unit, queries) {
  const panel = new TimeSeriesBuilder().title(title).unit(unit).datasource(SOURCE).height(8).span(12).min(0);
  if (unit === 'percentunit') panel.max(1);
  return withQueries(panel, queries);
}

/** Builds the dashboard as plain data. */
export function buildDashboard() {
  const dashboard = new DashboardBuilder('Holdline')
    .uid('holdline')
    .description('Quotas, queues, gates, calls, circuits and tokens of Holdline lines.')
    .tags(['holdline'])
    .refresh('30s')
    .time({ from: 'now-1h', to: 'now' })
    .timezone('browser')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(
      new QueryVariableBuilder('job')
        .label('Job')
        .datasource(SOURCE)
        .query('label_values(holdline_calls_total, job)')
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .multi(true)
        .includeAll(true)
        .allValue('.*'),
    );
  for (const [title, row] of Object.entries(panels)) {
    dashboard.withRow(new RowBuilder(title));
    for (const panel of row) dashboard.withPanel(panel);
  }
  return JSON.parse(JSON.stringify(dashboard.build()));
}
