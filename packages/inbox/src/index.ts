// For users: an inbox.
export { inbox, type Inbox } from './inbox.js';
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
  InboxSnapshot,
  IncomingEvent,
  Refusal,
  Verification,
  Verifier,
} from './types.js';
