import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppliedLimit } from '../limits/limiter.js';
import type { RequestKind } from '../platform/request.js';
import type { Route } from '../platform/route-table.js';
import type { RequestCounters } from '../statistics/stats.js';
import type { WireEntry, WireOutcome } from '../statistics/wire-log.js';
import type { AccessToken } from '../tokens/token-store.js';

/** One request while it is in the house. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly kind: RequestKind;
  readonly route: Route;
  readonly segments: readonly string[];
  readonly token: AccessToken | undefined;
  readonly contextId: string;
  readonly entry: WireEntry;
  /** The period of counting it arrived in. */
  readonly counters: RequestCounters;
  applied: readonly AppliedLimit[];
  isOver: boolean;
  /** Called when it is over, however it ends: what waits for something to answer with. */
  readonly endHandlers: (() => void)[];
}

/** Outcomes without a whole answer. */
export const INCOMPLETE_OUTCOMES: ReadonlySet<WireOutcome> = new Set(['dropped', 'truncated', 'aborted']);

/** Token requests and preflights are not API requests. */
export function isApiRequest({ kind }: Exchange): boolean {
  return kind === 'api' || kind === 'open';
}
