import type { Call } from '../contract/call.js';
import { type HoldlineError, messageOf } from '../contract/errors.js';
import { type EventName, type EventSink, type HoldlineEvents, EVENT_NAMES } from '../contract/events.js';
import { Listeners } from './listeners.js';

/** The events of a line. An event object is made only if the event has listeners. */
export class Events extends Listeners<HoldlineEvents> implements EventSink {
  /** Number of times that a listener threw. */
  failures = 0;

  constructor() {
    super(EVENT_NAMES);
  }

  storeFailed(operation: HoldlineEvents['storeFailed']['operation'], error: unknown): void {
    if (this.has('storeFailed')) this.emit('storeFailed', { operation, message: messageOf(error) });
  }

  /** Reports a call that failed with an error of the line before anything was sent. */
  refused({ id: callId, route }: Call, { code, retryAt }: HoldlineError): void {
    if (this.has('refused')) this.emit('refused', { callId, route: route.name, code, retryAt });
  }

  /** Counts and reports a listener that threw. */
  override recordFailure(event: EventName, error: unknown): void {
    this.failures++;
    if (event !== 'listenerFailed' && this.has('listenerFailed'))
      this.emit('listenerFailed', { event, message: messageOf(error) });
  }
}
