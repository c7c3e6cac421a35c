export { dashboard, type Dashboard } from './dashboard.js';
export type { DashboardOptions, HistoryOptions } from './options.js';
export type {
  BreakerView,
  CallAnswer,
  CallsAnswer,
  CallSummary,
  DashboardLine,
  DashboardState,
  FleetView,
  GateView,
  GlanceView,
  HistoryAnswer,
  ScopePage,
  ScopeView,
  TightestQuota,
  TokenView,
} from './state/types.js';
