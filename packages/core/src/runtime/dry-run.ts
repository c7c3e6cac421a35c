import type { Call } from '../contract/call.js';
import type { DryRunAction, EventName, HoldlineEvents } from '../contract/events.js';
import { type HoldlineErrorCode, isHoldlineError } from '../contract/errors.js';
import { Events } from './events.js';

/** What a decision would do, besides its action. */
type Decision = Partial<Pick<HoldlineEvents['dryRun'], 'forMs' | 'error' | 'reason'>>;

/** Collects and reports the decisions of policies that have no effect. */
export class DryRun {
  readonly counts: Partial<Record<DryRunAction, number>> = {};
  /** The events for the governor and the breaker. */
  readonly quiet: QuietEvents;
  readonly #decided = new WeakSet<object>();

  constructor(private readonly events: Events) {
    this.quiet = new QuietEvents(events);
  }

  /** Whether a policy has decided the fate of the call. From then on the call differs from the same call with the policies on. */
  isDecided(call: object): boolean {
    return this.#decided.has(call);
  }

  /** Reports a decision about a call, unless an earlier decision has ended the call. */
  report(call: Call, policy: string, action: DryRunAction, { forMs, error, reason }: Decision): void {
    if (this.#decided.has(call)) return;
    if (action !== 'wait') this.#decided.add(call);
    this.counts[action] = (this.counts[action] ?? 0) + 1;
    if (this.events.has('dryRun'))
      this.events.emit('dryRun', { callId: call.id, route: call.route.name, policy, action, forMs, error, reason });
  }

  /** Reports the end of a time limit. */
  timeOut(call: Call, forMs: number, error: HoldlineErrorCode): void {
    this.report(call, 'deadline', 'time out', { forMs, error });
  }

  /** Reports a refusal. Reasons of the caller and of a line that closes are no decisions. */
  refuse(call: Call, policy: string, error: unknown): void {
    if (!isHoldlineError(error) || error.code === 'HOLDLINE_CLOSED') return;
    const { code, message } = error;
    const name = code === 'HOLDLINE_CIRCUIT_OPEN' ? 'breaker' : policy;
    this.report(call, name, 'refuse', { error: code, reason: message });
  }
}

/** The events of a line without those that are untrue in a dry run. */
class QuietEvents extends Events {
  /** The last call that entered a queue. */
  queued: HoldlineEvents['queued'] | undefined = undefined;

  constructor(private readonly all: Events) {
    super();
  }

  override has(event: EventName): boolean {
    return event === 'queued' || this.all.has(event);
  }

  override emit<E extends EventName>(event: E, payload: HoldlineEvents[E]): void {
    if (event === 'queued') this.queued = payload as HoldlineEvents['queued'];
    else this.all.emit(event, payload);
  }
}
