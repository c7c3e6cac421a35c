// Watch a line.
export { monitor } from './monitor.js';
export type { MonitorOptions } from './options.js';
export type {
  Bucket,
  CallFilter,
  CallTrace,
  GateClosing,
  HistoryRange,
  Monitor,
  MonitorEvents,
  SavedHistory,
  RouteTotals,
  SavedBucket,
  Totals,
  TraceStep,
  Watchable,
} from './types.js';

// Describe what happened in words.
export { describeGate, describeScope, describeSource, describeTrace, type DescribeOptions } from './describe.js';

// Alerts.
export { alerts, type Alerts } from './alerts/alerts.js';
export type { AlertOptions, WebhookOptions } from './alerts/options.js';
export {
  DEFAULT_RULES,
  type AlertCondition,
  type AlertMetric,
  type AlertRule,
  type ReportRule,
} from './alerts/rules.js';
export type { Alert, AlertSeverity, DeliveryFailure } from './types.js';

// For our own packages. These exports may change in any version.
export { emptySnapshot } from './empty-snapshot.js';
