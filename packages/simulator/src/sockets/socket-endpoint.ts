import type { Connection } from './connection.js';

/** An upgrade that asks to come in. */
export interface UpgradeRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Since the start of the simulator, ms. */
  readonly now: number;
}

/** An endpoint that lets a request in. */
export interface AcceptedUpgrade {
  /** Whose socket it will be. */
  readonly user?: string;
  /** Subprotocol that the client must offer. */
  readonly protocol?: string;
  /** It is the one session of its user, where there may be only one. */
  readonly isSession?: boolean;
  /** Serves the socket from now on. */
  serve(connection: Connection): void;
  /** Tells the peer that another session takes its place; the socket is closed by this. */
  endSession?(): void;
}

/** An endpoint: its pattern, and who may come in. A number is the status of a refusal. */
export type SocketEndpoint = readonly [name: string, accept: (request: UpgradeRequest) => AcceptedUpgrade | number];
