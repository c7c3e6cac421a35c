export { SimulatorOptionError } from './check.js';
export type { ChannelState } from './genesys/channels.js';
export type { NotificationOptions } from './genesys/notification-options.js';
export type { AgentEvent, AgentSession } from './cxone/sessions.js';
export type {
  CorsOptions,
  Fault,
  Limit,
  LongPollOptions,
  QuotaHeaders,
  Rate,
  ScriptedAnswer,
  ScriptedResponse,
  SimulatorChange,
  SimulatorOptions,
  TokenEndpointOptions,
} from './options.js';
export { startSimulator, type CxoneSimulator, type GenesysSimulator, type Simulator } from './simulator.js';
export type { SocketFrame } from './sockets/connection.js';
export type { SocketSelection } from './sockets/hub.js';
export type { SocketStats, UpgradeEntry, UpgradeOutcome } from './sockets/log.js';
export type { FrameLimit, SocketOptions } from './sockets/options.js';
export type { RouteStats, Stats } from './stats.js';
export { WIRE_LOG_MAX_ENTRIES, type WireEntry, type WireOutcome } from './wire.js';
