export { startSimulator } from './start-simulator.js';
export type { CxoneSimulator, GenesysSimulator, Simulator } from './simulator.js';
export { SimulatorOptionError } from './option-error.js';

export type { BulkRequestOptions } from './options/bulk-options.js';
export type { CallOptions } from './options/call-options.js';
export type { CacheableRoute } from './options/cache-options.js';
export type { CorsOptions } from './options/cors-options.js';
export type { EntityCounts } from './options/entity-options.js';
export type { Fault } from './options/fault-options.js';
export type { JobOptions } from './options/job-options.js';
export type { LatencyDistribution, LatencyOptions } from './options/latency-options.js';
export type { Limit } from './options/limit-options.js';
export type { LongPollOptions } from './options/long-poll-options.js';
export type { NotificationOptions } from './options/notification-options.js';
export type { ScriptedAnswer, ScriptedResponse } from './options/script-options.js';
export type { QuotaHeaders, SimulatorChange, SimulatorOptions } from './options/simulator-options.js';
export type { FrameLimit, SocketOptions } from './options/socket-options.js';
export type { Rate, TokenEndpointOptions } from './options/token-options.js';

export { PROFILE_NAMES, parseSimulatorProfile, type ProfileName, simulatorProfile } from './profiles/profiles.js';
export type { ProfileFact, ProfileGrade, SimulatorProfile } from './profiles/simulator-profile.js';

export type { CallStats } from './statistics/call-stats.js';
export type {
  CallerLoad,
  LatencySummary,
  LimitLoad,
  LoadReport,
  PacingAdvice,
  RouteLoad,
  ScopeLoad,
} from './statistics/load/load-report.js';
export type { RouteStats, Stats } from './statistics/stats.js';
export { WIRE_LOG_MAX_ENTRIES, type WireEntry, type WireOutcome } from './statistics/wire-log.js';

export type { SocketFrame } from './sockets/connection.js';
export type { SocketSelection } from './sockets/open-sockets.js';
export type { SocketStats, UpgradeEntry, UpgradeOutcome } from './sockets/socket-log.js';

export type { AgentEvent, AgentSession } from './cxone/agent-session.js';
export type { ChannelState } from './genesys/notifications/channel.js';
