// For users.
export { guardWebSocket } from './guard-websocket.js';
export { framesOf } from './connection/connections.js';
export { ChunkError } from './chunks/chunk-format.js';
export type { IncompleteMessage } from './chunks/reassembler.js';
export type { FrameContext } from './frames/frame-context.js';
export type { FrameData } from './frames/frame-data.js';
export type { FrameEvents, UnsentFrame } from './frames/frame-events.js';
export type { FrameFate } from './frames/frame-queue.js';
export type { Frames } from './frames/frames.js';
export type { Coalesce, FrameOptions, FrameQuota } from './frames/options.js';
export type { HandshakeOptions } from './handshakes/options.js';
export type { WebSocketClass } from './native/native-socket.js';
export type { WebSocketConfig } from './options.js';

// For peers that send or receive chunks.
export { CHUNKS_SUFFIX } from './chunks/chunk-format.js';
export { splitMessage } from './chunks/chunked-message.js';
export { Reassembler } from './chunks/reassembler.js';

// For adapters of clients that make their own handshakes.
export { ClosedEarly } from './handshakes/closed-early.js';
export { handshakeLine } from './handshakes/handshake-line.js';
export { Handshakes, type Handshake, type HandshakeRequest } from './handshakes/handshakes.js';
export { resolveHandshakes, type ResolvedHandshakes } from './handshakes/options.js';
export type { SessionEnd } from './handshakes/reconnect-history.js';
