type EventClass = new (type: string, init?: object) => Event;

/** Node 22 has no global CloseEvent. */
class FallbackCloseEvent extends Event {
  readonly code: number;
  readonly reason: string;
  readonly wasClean = false;

  constructor(type: string, { code = 0, reason = '' }: { code?: number; reason?: string } = {}) {
    super(type);
    this.code = code;
    this.reason = reason;
  }
}

/** Node 20 has neither a global CloseEvent nor a global ErrorEvent. */
class FallbackErrorEvent extends Event {
  readonly error: unknown;
  readonly message: string;

  constructor(type: string, { error, message = '' }: { error?: unknown; message?: string } = {}) {
    super(type);
    this.error = error;
    this.message = message;
  }
}

const globals = globalThis as { CloseEvent?: EventClass; ErrorEvent?: EventClass };

/** Copies a native event, to dispatch it on the guarded socket. */
export function copyEvent(event: Event): Event {
  const copy = new (event.constructor as EventClass)(event.type, event);
  // Polyfills write their values on plain events.
  for (const [key, value] of Object.entries(event)) if (key !== 'isTrusted') Object.assign(copy, { [key]: value });
  return copy;
}

/** Creates the error event of an event target. */
export function createErrorEvent(error: Error): Event {
  const ErrorEventClass = globals.ErrorEvent ?? (FallbackErrorEvent as EventClass);
  return new ErrorEventClass('error', { error, message: error.message });
}

/** Creates the close event of a socket without a native one. */
export function createCloseEvent(code: number, reason: string): Event {
  const CloseEventClass = globals.CloseEvent ?? (FallbackCloseEvent as EventClass);
  return new CloseEventClass('close', { code, reason, wasClean: false });
}
