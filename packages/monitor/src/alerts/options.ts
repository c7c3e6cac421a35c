import { check, ConfigError, type Check, isSecret, type Secret, secret } from '@holdline/core';
import type { AlertSeverity } from '../types.js';
import { type AlertCondition, type AlertMetric, type AlertRule, DEFAULT_RULES, type ReportRule } from './rules.js';
import { importableSecret } from './signature.js';

/**
 * A receiver of alerts. Neither its URL nor its headers or its secret are ever shown.
 * @public
 */
export interface WebhookOptions {
  /** `https:` or `http:`. */
  url: string | Secret;
  /**
   * Name in events and lists.
   * @defaultValue `webhook` and its number
   */
  name?: string;
  /**
   * `slack`: a message with `text` and `blocks`, as incoming webhooks of Slack take it. `json`: `{ type, timestamp, data }`.
   * @defaultValue 'json'
   */
  format?: 'slack' | 'json';
  /**
   * Severities that are sent.
   * @defaultValue all
   */
  severities?: AlertSeverity[];
  /**
   * Secret of Standard Webhooks: base64, perhaps after `whsec_`. Requests are then signed in `webhook-signature`.
   * @defaultValue none: the requests are not signed
   */
  secret?: string | Secret;
  /**
   * Further headers.
   * @defaultValue none
   */
  headers?: Record<string, string | Secret>;
}

/**
 * Options of alerts.
 * @public
 */
export interface AlertOptions {
  /**
   * The rules.
   * @defaultValue {@link DEFAULT_RULES}
   */
  rules?: readonly (AlertRule | ReportRule)[];
  /**
   * Receivers of alerts.
   * @defaultValue none
   */
  webhooks?: WebhookOptions[];
  /**
   * Sends the webhooks.
   * @defaultValue the global `fetch`
   */
  fetch?: typeof globalThis.fetch;
}

/** A webhook, checked and complete. */
export interface ResolvedWebhook {
  readonly name: string;
  readonly url: Secret;
  readonly format: 'slack' | 'json';
  readonly severities: readonly AlertSeverity[];
  readonly secret: Secret | undefined;
  readonly headers: Readonly<Record<string, Secret>>;
}

/** {@link AlertOptions}, checked and complete. */
export interface ResolvedAlertOptions {
  readonly rules: readonly (AlertRule | ReportRule)[];
  readonly webhooks: readonly ResolvedWebhook[];
  readonly fetch: typeof globalThis.fetch | undefined;
}

const HOUR = 3_600_000;
const SEVERITIES = ['critical', 'warning', 'info'] as const;
const severity = check.oneOf(...SEVERITIES);
const nonNegative = check.number({ min: 0 });

const METRICS: Record<AlertMetric, readonly NonNullable<AlertCondition['per']>[]> = {
  calls: ['line', 'route'],
  attempts: ['line', 'route'],
  retries: ['line', 'route'],
  rejected: ['line', 'route'],
  answers: ['line', 'route'],
  refusals: ['line', 'route', 'scope'],
  errorRate: ['line', 'route'],
  errorRateRise: ['line', 'route'],
  p50: ['line', 'route'],
  p95: ['line', 'route'],
  p99: ['line', 'route'],
  p95Rise: ['line', 'route'],
  p99Rise: ['line', 'route'],
  quotaUse: ['line', 'scope'],
  quotaRemaining: ['line', 'scope'],
  queued: ['line', 'scope'],
  tokenRefreshFailures: ['credential'],
  tokenExpiresInMs: ['credential'],
};

const checkCondition = check.shape<AlertCondition>({
  metric: check.oneOf(...(Object.keys(METRICS) as AlertMetric[])),
  per: check.oneOf('line', 'scope', 'route', 'credential'),
  status: check.number({ min: 100, max: 599, integer: true }),
  windowMs: check.number({ min: 1_000, max: HOUR }),
  baselineMs: check.number({ min: 60_000, max: 24 * HOUR }),
  above: check.number(),
  below: check.number(),
  minimum: check.number({ min: 1 }),
  minimumMs: nonNegative,
});

const checkRuleShape = check.shape<AlertRule>({
  name: check.text,
  severity,
  when: checkCondition,
  forMs: nonNegative,
  resolve: check.shape<NonNullable<AlertRule['resolve']>>({ threshold: check.number(), forMs: nonNegative }),
  text: check.text,
});

const checkReportShape = check.shape<ReportRule>({
  name: check.text,
  severity,
  report: check.shape<ReportRule['report']>({
    everyMs: check.number({ min: HOUR, max: 168 * HOUR }),
    routes: check.number({ min: 0, max: 20, integer: true }),
  }),
});

/** The condition needs one threshold, a subject that its metric has, and a resolve threshold on the quiet side. */
function checkWhole(rule: AlertRule, key: string): void {
  const { name, when, resolve, text } = rule;
  for (const [part, value] of Object.entries({ name, severity: rule.severity, when, text }))
    if (value === undefined) throw new ConfigError(`${key}.${part} is missing`);
  const { metric, above, below, status } = when;
  if (metric === undefined) throw new ConfigError(`${key}.when.metric is missing`);
  if ((above === undefined) === (below === undefined)) throw new ConfigError(`${key}.when needs either above or below`);
  const subjects = METRICS[metric];
  if (when.per !== undefined && !subjects.includes(when.per))
    throw new ConfigError(`${key}.when.per must be '${subjects.join("' or '")}' for ${metric}, got '${when.per}'`);
  if (metric === 'answers' && status === undefined) throw new ConfigError(`${key}.when.status is missing`);
  const threshold = resolve?.threshold;
  if (threshold === undefined) return;
  if (above !== undefined && threshold > above)
    throw new ConfigError(`${key}.resolve.threshold must be at most above (${above}), got ${threshold}`);
  if (below !== undefined && threshold < below)
    throw new ConfigError(`${key}.resolve.threshold must be at least below (${below}), got ${threshold}`);
}

const checkRule: Check<AlertRule | ReportRule> = (value, key) => {
  if (check.isRecord(value) && 'report' in value) {
    const report = checkReportShape(value, key);
    if (report.name === undefined || report.severity === undefined || report.report?.everyMs === undefined)
      throw new ConfigError(`${key} needs name, severity and report.everyMs`);
    return report;
  }
  const rule = checkRuleShape(value, key);
  checkWhole(rule, key);
  return rule;
};

/** A text or a secret. The error does not show the text. */
const hidden: Check<string | Secret> = (value, key) =>
  isSecret(value) || (typeof value === 'string' && value !== '')
    ? value
    : check.refuse(key, undefined, 'a string that is not empty, or a secret');

const wrap = (value: string | Secret): Secret => (isSecret(value) ? value : secret(value));

const checkUrl: Check<Secret> = (value, key) => {
  const url = wrap(hidden(value, key));
  let parsed: URL | undefined;
  try {
    parsed = new URL(url.reveal());
  } catch {
    // The error below names no part of the URL.
  }
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.password !== '')
    throw new ConfigError(`${key} must be an absolute URL with http or https, without a user name or a password`);
  return url;
};

const checkHeader: Check<Secret> = (value, key) => {
  const header = wrap(hidden(value, key));
  // `fetch` refuses all other characters.
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(header.reveal())) throw new ConfigError(`${key} must be the value of a header`);
  return header;
};

const checkSigningSecret: Check<Secret> = (value, key) => {
  const signing = wrap(hidden(value, key));
  if (!importableSecret(signing))
    throw new ConfigError(`${key} must be base64, perhaps after whsec_, as Standard Webhooks require`);
  return signing;
};

const checkWebhook = check.shape<WebhookOptions>({
  url: checkUrl,
  name: check.text,
  format: check.oneOf('slack', 'json'),
  severities: check.list(severity),
  secret: checkSigningSecret,
  headers: check.record(checkHeader, (name, key) => {
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) throw new ConfigError(`${key} must be the name of a header`);
  }),
});

const checkShape = check.shape<AlertOptions>({
  rules: check.list(checkRule),
  webhooks: check.list(checkWebhook),
  fetch: check.callable<typeof globalThis.fetch>(),
});

/** Fills in the defaults of a condition. */
export function resolveCondition(
  when: AlertCondition,
): Required<Omit<AlertCondition, 'above' | 'below' | 'status'>> & Pick<AlertCondition, 'above' | 'below' | 'status'> {
  const [first = 'line'] = METRICS[when.metric];
  return { per: first, windowMs: 60_000, baselineMs: HOUR, minimum: 1, minimumMs: 0, ...when };
}

/**
 * Checks {@link AlertOptions}.
 * @throws ConfigError naming the key and the allowed values. Secrets and URLs are not shown.
 */
export function checkAlertOptions(options: AlertOptions, key = 'options'): ResolvedAlertOptions {
  const { rules = DEFAULT_RULES, webhooks = [], fetch } = checkShape(options, key);
  const names = new Set<string>();
  for (const { name } of rules) {
    if (names.has(name)) throw new ConfigError(`${key}.rules has the name '${name}' twice`);
    names.add(name);
  }
  return {
    rules,
    fetch,
    webhooks: webhooks.map(
      ({ url, name, format = 'json', severities = [...SEVERITIES], secret: signing, headers }, i) => {
        if (url === undefined) throw new ConfigError(`${key}.webhooks[${i}].url is missing`);
        return {
          name: name ?? `webhook ${i + 1}`,
          url: wrap(url),
          format,
          severities,
          secret: signing === undefined ? undefined : wrap(signing),
          headers: Object.fromEntries(Object.entries(headers ?? {}).map(([header, value]) => [header, wrap(value)])),
        };
      },
    ),
  };
}
