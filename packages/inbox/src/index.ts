export type { Acceptance, IncomingEvent, InboundRequest, Verification, Verifier } from './types.js';
