import { check, ConfigError, systemClock, type Check, type Clock } from '@holdline/core';
import type { Acceptance, IncomingEvent, Verifier } from '../types.js';

/**
 * What accepts the events of a request: an inbox.
 * @public
 */
export interface EventDoor {
  /** Stores an event, or refuses it. */
  accept(event: IncomingEvent): Promise<Acceptance>;
}

/**
 * An answer of {@link httpHandler}, for logs and metrics. It has neither headers nor data of the request.
 * @public
 */
export interface HttpAnswer {
  /** Status of the response. */
  readonly status: number;
  /** Why the request was not accepted. Undefined: it was accepted. */
  readonly reason: string | undefined;
  /** Number of events that the inbox stored. */
  readonly accepted: number;
  /** Number of events that the inbox knew. */
  readonly duplicates: number;
  /** The error of a verifier or a store. It may contain data of the request. */
  readonly error?: unknown;
}

/**
 * Options of {@link httpHandler}.
 * @public
 */
export interface HttpHandlerOptions {
  /**
   * Largest body in bytes. Larger bodies are answered with 413.
   * @defaultValue 1,048,576 (ours: events of EventBridge have at most 1 MiB)
   */
  maxBodyBytes?: number;
  /**
   * Time in ms in which the whole body has to arrive, at most `answerWithinMs`.
   * @defaultValue 3,000 (ours: leaves time for the store)
   */
  bodyTimeoutMs?: number;
  /**
   * Time in ms after which the handler answers 503 although the store has not answered. The sender then sends the event again.
   * @defaultValue 4,500 (EventBridge gives up after 5 s; Genesys Open Messaging after 10 s)
   */
  answerWithinMs?: number;
  /**
   * Called after each request. Its errors are ignored.
   * @defaultValue none
   */
  onAnswer?: (answer: HttpAnswer) => void;
  /**
   * The source of time.
   * @defaultValue the system clock
   */
  clock?: Clock;
}

/** Defaults of {@link HttpHandlerOptions}. */
export const HANDLER_DEFAULTS = { maxBodyBytes: 1_048_576, bodyTimeoutMs: 3_000, answerWithinMs: 4_500 };

const clockCheck: Check<Clock> = (value, key) =>
  check.isRecord(value) && ['now', 'wall', 'setTimer'].every((method) => typeof value[method] === 'function')
    ? (value as unknown as Clock)
    : check.refuse(key, value, 'a clock with now, wall, setTimer');

const checkOptions = check.shape<HttpHandlerOptions>({
  maxBodyBytes: check.number({ min: 1, integer: true }),
  bodyTimeoutMs: check.number({ above: 0 }),
  answerWithinMs: check.number({ above: 0 }),
  onAnswer: check.callable(),
  clock: clockCheck,
});

/** {@link HttpHandlerOptions}, checked and complete. */
export interface ResolvedHandlerOptions {
  readonly door: EventDoor;
  readonly verifier: Verifier;
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
  readonly answerWithinMs: number;
  readonly onAnswer: ((answer: HttpAnswer) => void) | undefined;
  readonly clock: Clock;
}

export function resolveHandlerOptions(
  door: EventDoor,
  verifier: Verifier,
  options: HttpHandlerOptions,
): ResolvedHandlerOptions {
  if (typeof (door as Partial<EventDoor> | undefined)?.accept !== 'function')
    check.refuse('door', door, 'an inbox, or an object with accept');
  check.callable()(verifier, 'verifier');
  const {
    maxBodyBytes = HANDLER_DEFAULTS.maxBodyBytes,
    answerWithinMs = HANDLER_DEFAULTS.answerWithinMs,
    bodyTimeoutMs = Math.min(HANDLER_DEFAULTS.bodyTimeoutMs, answerWithinMs),
    onAnswer,
    clock = systemClock,
  } = checkOptions(options, 'options');
  if (bodyTimeoutMs > answerWithinMs)
    throw new ConfigError(
      `options.bodyTimeoutMs must be at most answerWithinMs (${answerWithinMs}), got ${bodyTimeoutMs}`,
    );
  return { door, verifier, maxBodyBytes, bodyTimeoutMs, answerWithinMs, onAnswer, clock };
}
