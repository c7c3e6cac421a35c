import type { Connection } from './connection.js';

/** An upgrade request. */
export interface UpgradeRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Time since the start of the simulator, ms. */
  readonly now: number;
}

/** An upgrade that its endpoint accepts. */
export interface AcceptedUpgrade {
  /** The user of the socket. */
  readonly user?: string;
  /** Subprotocol that the client must offer. */
  readonly protocol?: string;
  /** The socket is a session, of which a user may have only one. */
  readonly isSession?: boolean;
  /** Serves the open socket. */
  serve(connection: Connection): void;
  /** Tells the peer that another session replaces it, and closes the socket. */
  endSession?(): void;
}

/** A WebSocket endpoint: its pattern, and its decision on an upgrade. A number is the status of a refusal. */
export type SocketEndpoint = readonly [name: string, accept: (request: UpgradeRequest) => AcceptedUpgrade | number];
