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
  MonitorHistory,
  RouteTotals,
  SavedBucket,
  Totals,
  TraceStep,
  Watchable,
} from './types.js';

// Describe what happened in words.
export { describeGate, describeScope, describeTrace, type DescribeOptions } from './describe.js';

// Alerts.
export type { Alert, AlertSeverity } from './types.js';
