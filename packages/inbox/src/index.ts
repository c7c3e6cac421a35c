// For users: an inbox.
export { inbox, type HttpInbox, type Inbox } from './inbox.js';
export type { InboxOptions, InboundQuota, HandlingRetryOptions } from './options.js';
export { PermanentError } from './permanent-error.js';
export type { InboxEvents } from './events.js';
export type {
  Acceptance,
  DeadEvent,
  DeadEventPage,
  DeadEvents,
  HandleEvent,
  Handling,
  InboundRequest,
  InboxStatus,
  IncomingEvent,
  Refusal,
  Verification,
  Verifier,
} from './types.js';

// For users: verifiers of senders.
export { genesysOpenMessaging, type OpenMessagingOptions } from './verifiers/open-messaging.js';
export { eventBridge, type EventBridgeOptions } from './verifiers/event-bridge.js';
export { standardWebhooks, type StandardWebhooksOptions } from './verifiers/standard-webhooks.js';
export {
  audioHook,
  type AudioHookIdentity,
  type AudioHookKey,
  type AudioHookOptions,
  type AudioHookVerification,
  type UpgradeRequest,
} from './verifiers/audio-hook.js';
export type { Secrets } from './verifiers/reading.js';
export type { HeaderSource } from './http/headers.js';

// For users: HTTP.
export { httpHandler, type HttpHandler } from './http/handler.js';
export type { EventDoor, HttpAnswer, HttpHandlerOptions } from './http/options.js';
export { nodeMount } from './mounts/node.js';
export { expressMount } from './mounts/express.js';
export { fastifyMount, type FastifyLike, type FastifyReplyLike, type FastifyRequestLike } from './mounts/fastify.js';
export { honoMount } from './mounts/hono.js';

// For users: the size of an inbox.
export { sizing, type Sizing, type SizingOptions, type VolumeInterval } from './sizing.js';
