import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppliedLimit } from './limiter.js';
import type { Kind } from './platform.js';
import type { Route } from './route.js';
import type { Tally } from './stats.js';
import type { AccessToken } from './tokens.js';
import type { WireEntry, WireOutcome } from './wire.js';

/** One request while it is in the house. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly kind: Kind;
  readonly route: Route;
  readonly segments: readonly string[];
  readonly token: AccessToken | undefined;
  readonly contextId: string;
  readonly entry: WireEntry;
  /** The period of counting it arrived in. */
  readonly tally: Tally;
  applied: readonly AppliedLimit[];
  isOver: boolean;
  /** Called when it is over, however it ends: what waits for something to answer with. */
  readonly atEnd: (() => void)[];
}

/** Outcomes without a whole answer. */
export const INCOMPLETE: ReadonlySet<WireOutcome> = new Set(['dropped', 'truncated', 'aborted']);

/** Token requests and preflights are not API requests. */
export function isCounted({ kind }: Exchange): boolean {
  return kind === 'api' || kind === 'open';
}

/** Without the query. */
export function pathOf(path: string): string {
  const query = path.indexOf('?');
  return query < 0 ? path : path.slice(0, query);
}

/** What calls itself JSON must be JSON; anything else is read if it can be, and left alone if not. */
export function parseJson(text: string, contentType: string | undefined): { isBroken: boolean; value?: unknown } {
  if (text === '') return { isBroken: false };
  try {
    return { isBroken: false, value: JSON.parse(text) as unknown };
  } catch {
    return { isBroken: contentType?.toLowerCase().includes('json') === true };
  }
}
