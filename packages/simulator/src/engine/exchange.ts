import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppliedLimit } from '../limits/limiter.js';
import type { RequestKind } from '../platform/request.js';
import type { Route } from '../platform/route-table.js';
import type { RequestCounters } from '../statistics/stats.js';
import type { WireEntry, WireOutcome } from '../statistics/wire-log.js';
import type { AccessToken } from '../tokens/token-store.js';

/** One request and the state of its answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly kind: RequestKind;
  readonly route: Route;
  readonly segments: readonly string[];
  readonly token: AccessToken | undefined;
  readonly contextId: string;
  readonly entry: WireEntry;
  /** Number of the entry in the wire log. */
  wireNumber: number;
  /** Counters of the period in which the request arrived. */
  readonly counters: RequestCounters;
  applied: readonly AppliedLimit[];
  /** Headers that a limit of the platform adds to the answer. */
  limitHeaders: Readonly<Record<string, string>>;
  isOver: boolean;
  /** Functions to call when the request ends, for any reason. */
  readonly endHandlers: (() => void)[];
}

/** Outcomes without a complete answer. */
export const INCOMPLETE_OUTCOMES: ReadonlySet<WireOutcome> = new Set(['dropped', 'truncated', 'aborted']);

/** Tells whether a request counts as an API request. Token requests and preflights do not. */
export function isApiRequest({ kind }: Exchange): boolean {
  return kind === 'api' || kind === 'open';
}
