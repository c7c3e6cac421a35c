import { messageOf } from '../contract/errors.js';
import { type EventName, type HoldlineEvents, NAMES } from '../contract/events.js';
import { Listeners } from './listeners.js';

/** The events of a line. An event object is made only where somebody listens. */
export class Events extends Listeners<HoldlineEvents> {
  /** How many times a listener threw. */
  failures = 0;

  constructor() {
    super(NAMES);
  }

  /** Counts and tells that somebody who was told of something threw. */
  override failed(event: EventName, error: unknown): void {
    this.failures++;
    if (event !== 'listenerFailed' && this.has('listenerFailed'))
      this.emit('listenerFailed', { event, message: messageOf(error) });
  }
}
