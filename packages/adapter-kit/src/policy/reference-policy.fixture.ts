import { definePolicy, type Call, type Next, type Outcome, type Phase, type Policy, type Ports } from '@holdline/core';
import type { PolicyUnderTest } from './types.js';

/** What the reference policy throws for a DELETE. */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError';
}

const PAUSE_MS = 5_000;

/** The state of the reference policy on one line. After a 429 all calls wait. A mutant overrides one method. */
export class Pause {
  protected until = 0;

  constructor(
    protected readonly ports: Ports,
    readonly options: object,
  ) {}

  async intercept(call: Call, next: Next): Promise<Outcome> {
    this.check(call);
    await this.wait(call);
    const outcome = await this.pass(call, next);
    if (outcome.kind === 'refused') this.pause();
    return outcome;
  }

  protected check(call: Call): void {
    if (call.method === 'DELETE') throw new ForbiddenError(`${call.route.name}: deleting is forbidden`);
  }

  protected get leftMs(): number {
    return this.until - this.ports.clock.now();
  }

  protected pause(): void {
    this.until = this.ports.clock.now() + PAUSE_MS;
  }

  protected async wait(call: Call): Promise<void> {
    if (this.leftMs > 0) await call.wait(this.ports.clock, this.leftMs);
  }

  protected pass(call: Call, next: Next): Promise<Outcome> {
    return next(call);
  }
}

/** Makes the policy under test for a variant of the reference policy. */
export function pausing(
  State: new (ports: Ports, options: object) => Pause = Pause,
  { phase = 'break', options = { pauseMs: PAUSE_MS } }: { phase?: Phase; options?: object } = {},
): PolicyUnderTest {
  const pause = definePolicy<object>({
    name: 'acme-pause',
    phase,
    create(given, ports) {
      const state = new State(ports, given);
      return (call, next) => state.intercept(call, next);
    },
  });
  return {
    name: 'pause',
    create: (): Policy => pause(options),
    waits: { provoke: (line) => line.call({}, { status: 429, headers: { 'retry-after': '5' } }) },
    refuses: { request: { method: 'DELETE' } },
  };
}
