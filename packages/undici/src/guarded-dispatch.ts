import { originOf, type Holdline } from '@holdline/core';
import { isHandler } from './caller.js';
import { letterSender } from './dead-letter.js';
import { CLIENT, DispatchCall, type GuardedDispatcher } from './dispatch-call.js';
import { requestUrl } from './request-url.js';
import type { DispatchFunction, DispatchOptions, NativeDispatch } from './types.js';

/** The line of a guard. A released guard has none. */
export interface Guard {
  line: Holdline | undefined;
  readonly origins: readonly string[] | undefined;
}

/** Marks the options of an attempt with the line that made it, for guards below. A global symbol is also known to other copies of this package. */
const LINES = Symbol.for('@holdline/undici/lines');

/**
 * Wraps a `dispatch` function. While the guard has a line, the requests go through the line.
 *
 * @param bound - The origin of requests without one.
 */
export function guardDispatch<D extends DispatchFunction>(
  guard: Guard,
  native: D,
  bound: string,
  givenOwner?: object,
): D {
  const { origins } = guard;
  const send = native as unknown as NativeDispatch;
  const own = bound || (origins?.length === 1 ? (origins[0] as string) : '');
  let shared: GuardedDispatcher | undefined;

  const dispatch: NativeDispatch = (options, handler) => {
    const { line } = guard;
    if (!line || !isGuarded(options, own, origins) || !isHandler(handler) || hasLine(options, line))
      return send(options, handler);
    shared = shared?.line === line ? shared : serve(line);
    void DispatchCall.start(shared, options, handler);
    // The line has a queue of its own.
    return true;
  };
  const owner = givenOwner ?? dispatch;

  function serve(line: Holdline): GuardedDispatcher {
    const marked: NativeDispatch = (options, handler) => send(mark(options, line), handler);
    return { native: marked, line, owner, origins, bound: own };
  }

  if (guard.line) registerSender(guard, (shared = serve(guard.line)));
  return dispatch as unknown as D;
}

/** Lets the line send the dead letters of a dispatcher. The line holds the owner weakly, so nothing has to be undone for it. */
export function registerSender(guard: Guard, shared: GuardedDispatcher): void {
  const { line, owner } = shared;
  line.deadLetters.sendBy(
    CLIENT,
    letterSender(shared, () => guard.line === line),
    owner,
  );
}

/** Whether a request goes through the line. A tunnel is no request of an API, and the native dispatcher refuses invalid options. */
function isGuarded(options: DispatchOptions, bound: string, origins: readonly string[] | undefined): boolean {
  if (typeof options !== 'object' || options === null) return false;
  const { path, method, query } = options;
  if (typeof path !== 'string' || typeof method !== 'string' || method === 'CONNECT') return false;
  if (query && /[?#]/.test(path)) return false;
  return !origins || origins.includes(originOf(requestUrl(options, bound)));
}

function hasLine(options: DispatchOptions, line: Holdline): boolean {
  return (options as { [LINES]?: Holdline[] })[LINES]?.includes(line) === true;
}

function mark(options: DispatchOptions, line: Holdline): DispatchOptions {
  const lines = (options as { [LINES]?: Holdline[] })[LINES] ?? [];
  return { ...options, [LINES]: [...lines, line] } as DispatchOptions;
}
