/** Every event of a line and what it tells. No event holds a token, header value or body. */
export interface HoldlineEvents {
  /** A call ended. */
  call: {
    route: string;
    outcome: 'ok' | 'failed';
    status: number | undefined;
    attempts: number;
    waitedMs: number;
    durationMs: number;
  };
  /** An attempt ended. */
  attempt: { route: string; attempt: number; outcome: string; status: number | undefined };
  /** An attempt will be repeated. */
  retry: { route: string; attempt: number; reason: string; afterMs: number };
  /** No further attempt will be made. */
  giveUp: { route: string; attempts: number; reason: string; retryAt: number | undefined };
  /** An attempt has to wait for a permit. */
  queued: { route: string; priority: string; tenant: string | undefined; queued: number; estimatedMs: number };
  /** A call was refused by us, before anything was sent. */
  refused: { route: string; code: string; retryAt: number | undefined };
  /** The platform said "not before": nothing of the scope leaves until `retryAt` (wall ms). */
  gateClosed: { scope: string; retryAt: number; forMs: number };
  /** A probe got through; the rest follows. */
  gateOpened: { scope: string };
  /** A refusal taught what a scope's limit is, or how the platform counts it. */
  quotaLearned: {
    scope: string;
    limit: number;
    windowMs: number;
    counts: 'fixed' | 'sliding' | 'bucket' | undefined;
  };
  /** A circuit changed its state. */
  breaker: { scope: string; from: string; to: string; reason: string };
  /** A new access token is in use. `credential` is the name of one of a pool. */
  tokenRefreshed: {
    credential: string | undefined;
    epoch: number;
    expiresInMs: number | undefined;
    tookMs: number;
  };
  /** No access token could be had; the next try is not made before `retryAt` (wall ms). */
  tokenRefreshFailed: { credential: string | undefined; epoch: number; retryAt: number; message: string };
  /** A credential of the pool gets no work until it is renewed. */
  credentialSetAside: { credential: string; reason: 'revoked' | 'throttled' | 'no token' };
  /** A credential that was set aside is in use again. */
  credentialBack: { credential: string };
  /** An idempotency key became too old and was replaced. For audit: digest and size of the payload it stood for. */
  keyRotated: {
    route: string;
    transaction: string | undefined;
    payloadDigest: string;
    payloadBytes: number;
    issuedAt: number;
    attempts: number;
  };
  /** A defect of the guarded client that this line works around. Once per client and defect. */
  defect: { client: string; defect: string; remedy: string };
  /**
   * Of a dead letter: it was `kept`; it was replayed and succeeded (`replayed`), or was given up again and stays (`returned`); it was
   * `removed`, by hand or because the call was made again and answered; it is `waiting` for a client that may send it, or was `lost`:
   * `message` says for which, or how.
   */
  deadLetter: {
    what: 'kept' | 'replayed' | 'returned' | 'removed' | 'waiting' | 'lost';
    id: string | undefined;
    kind: 'call' | 'frame';
    reason: string;
    replays: number;
    message: string | undefined;
  };
  /** The store failed; the call goes on without it. */
  storeFailed: {
    operation: 'journal.get' | 'journal.put' | 'gates.close' | 'tokens.claim' | 'tokens.put' | 'sessions.claim';
    message: string;
  };
  /**
   * The store can be used (`ready`), or cannot (`lost`): told at every change, and at every attempt that fails. `reason` is a word of the
   * server, such as `READONLY`, or of the store, such as `UNREACHABLE`; `needsConfiguration`: it stays lost until somebody changes the
   * configuration; the next attempt comes after `retryInMs`.
   */
  storeState: {
    state: 'ready' | 'lost' | 'connecting';
    reason: string | undefined;
    message: string | undefined;
    needsConfiguration: boolean;
    retryInMs: number | undefined;
  };
  /** The store that shares the quotas is lost; until it is back `onLoss` says what happens. */
  storeLost: { onLoss: 'share' | 'refuse' | 'open'; message: string };
  /** It is back, and the quotas are shared again. */
  storeBack: { lostForMs: number };
  /**
   * The line was closed. What was left: `calls` whose attempt on the wire was given up, `deadLetters` that the store had not taken, and
   * `others` that had not ended: the leases of a store, and what adapters hung on the line. All zero: nothing.
   */
  closed: { tookMs: number; calls: number; deadLetters: number; others: number };
  /** An engine failed to give a slot, or to take one back. */
  engineFailed: { engine: string; message: string };
  /** A listener of one of these events threw. */
  listenerFailed: { event: string; message: string };
}

export type EventName = keyof HoldlineEvents;

export const NAMES: Record<EventName, true> = {
  call: true,
  attempt: true,
  retry: true,
  giveUp: true,
  queued: true,
  refused: true,
  gateClosed: true,
  gateOpened: true,
  quotaLearned: true,
  breaker: true,
  tokenRefreshed: true,
  tokenRefreshFailed: true,
  credentialSetAside: true,
  credentialBack: true,
  keyRotated: true,
  defect: true,
  deadLetter: true,
  storeFailed: true,
  storeState: true,
  storeLost: true,
  storeBack: true,
  closed: true,
  engineFailed: true,
  listenerFailed: true,
};
