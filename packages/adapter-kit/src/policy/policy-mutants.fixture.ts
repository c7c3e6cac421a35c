import { isHoldlineError, Outcome, type Call, type Next } from '@holdline/core';
import { ForbiddenError, Pause, pausing } from './reference-policy.fixture.js';
import type { PolicyUnderTest } from './types.js';

/** A deliberately wrong policy, which must fail exactly one case. */
export interface PolicyMutant {
  /** Name of the case that it fails. */
  readonly fails: string;
  readonly policy: PolicyUnderTest;
}

const THE_ERROR = new ForbiddenError('deleting is forbidden');
/** State that all lines share. */
const shared = { until: 0 };

/** Lets a timer of the clock end a wait, or a listener. */
function waitWith(
  ports: Pause['ports'],
  ms: number,
  listen: (end: (reason?: unknown) => void) => void = () => undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = ports.clock.setTimer(ms, resolve);
    listen((reason) => {
      stop();
      reject(reason as Error);
    });
  });
}

export const POLICY_MUTANTS: readonly PolicyMutant[] = [
  {
    fails: 'passes each outcome on as the same object',
    policy: pausing(
      class extends Pause {
        protected override async pass(call: Call, next: Next): Promise<Outcome> {
          const { kind, value, threw, status, header } = await next(call);
          return new Outcome(kind, value, threw, status, header, undefined, undefined);
        }
      },
    ),
  },
  {
    fails: 'passes errors of Holdline and of other policies on',
    policy: pausing(
      class extends Pause {
        protected override pass(call: Call, next: Next): Promise<Outcome> {
          return next(call).catch((error: unknown) => {
            throw isHoldlineError(error) ? new Error('acme-pause failed', { cause: error }) : error;
          });
        }
      },
    ),
  },
  {
    fails: 'refuses each call with an error of its own',
    policy: pausing(
      class extends Pause {
        protected override check(call: Call): void {
          if (call.method === 'DELETE') throw THE_ERROR;
        }
      },
    ),
  },
  {
    fails: 'calls next at most once',
    policy: pausing(
      class extends Pause {
        protected override async pass(call: Call, next: Next): Promise<Outcome> {
          const outcome = await next(call);
          return outcome.kind === 'unknown' ? next(call) : outcome;
        }
      },
    ),
  },
  {
    fails: 'leaves the request body and the answer alone',
    policy: pausing(
      class extends Pause {
        protected override pass(call: Call, next: Next): Promise<Outcome> {
          call.request.payload?.();
          return next(call);
        }
      },
    ),
  },
  {
    fails: 'writes no Authorization before the phase sign',
    policy: pausing(
      class extends Pause {
        protected override pass(call: Call, next: Next): Promise<Outcome> {
          call.request.headers.set('Authorization', 'Bearer acme');
          return next(call);
        }
      },
    ),
  },
  {
    fails: 'ends a wait in the tick of an abort, and sends nothing',
    policy: pausing(
      class extends Pause {
        protected override async wait(call: Call): Promise<void> {
          if (this.leftMs <= 0) return;
          // Hears the end of the line only.
          await waitWith(this.ports, this.leftMs, (end) => call.onGone((why) => isHoldlineError(why) && end(why)));
          call.check();
        }
      },
    ),
  },
  {
    fails: 'ends a wait when the line closes',
    policy: pausing(
      class extends Pause {
        protected override async wait(call: Call): Promise<void> {
          if (this.leftMs <= 0) return;
          await waitWith(this.ports, this.leftMs, (end) => call.onGone((why) => isHoldlineError(why) || end(why)));
        }
      },
    ),
  },
  {
    fails: 'ends each wait by itself',
    policy: pausing(
      class extends Pause {
        #calls = 0;
        protected override async wait(call: Call): Promise<void> {
          // The second call after a pause waits for ever.
          if (this.leftMs > 0 && ++this.#calls === 1) await call.wait(this.ports.clock, Infinity);
        }
      },
    ),
  },
  {
    fails: 'keeps ten calls at once apart',
    policy: pausing(
      class extends Pause {
        #active = 0;
        #mixed: Outcome | undefined;
        protected override async pass(call: Call, next: Next): Promise<Outcome> {
          const active = ++this.#active;
          const outcome = await next(call);
          this.#active--;
          return active > 2 ? (this.#mixed ??= outcome) : outcome;
        }
      },
    ),
  },
  {
    fails: 'takes a call that starts when another one ends',
    policy: pausing(
      class extends Pause {
        #justEnded = false;
        protected override async pass(call: Call, next: Next): Promise<Outcome> {
          if (this.#justEnded) throw new Error('the last call has not left yet');
          const outcome = await next(call);
          this.#justEnded = true;
          void (async () => {
            for (let i = 0; i < 50; i++) await Promise.resolve();
            this.#justEnded = false;
          })();
          return outcome;
        }
      },
    ),
  },
  {
    fails: 'takes a call that starts inside another one',
    policy: pausing(
      class extends Pause {
        #last: Promise<unknown> = Promise.resolve();
        protected override pass(call: Call, next: Next): Promise<Outcome> {
          const mine = this.#last.then(() => next(call));
          this.#last = mine.catch(() => undefined);
          return mine;
        }
      },
    ),
  },
  {
    fails: 'uses no time and no random numbers but those of its ports',
    policy: pausing(
      class extends Pause {
        readonly startedAt = Date.now();
      },
    ),
  },
  {
    fails: 'keeps the state of two lines apart',
    policy: pausing(
      class extends Pause {
        protected override get leftMs(): number {
          return shared.until - this.ports.clock.now();
        }
        protected override pause(): void {
          shared.until = this.ports.clock.now() + 5_000;
        }
      },
    ),
  },
  {
    fails: 'writes no header and no answer to a log',
    policy: pausing(
      class extends Pause {
        protected override async pass(call: Call, next: Next): Promise<Outcome> {
          const outcome = await next(call);
          if (outcome.status === 429) console.debug('refused', outcome.value);
          return outcome;
        }
      },
    ),
  },
  {
    fails: 'shows no secret in its options',
    policy: pausing(Pause, { options: { login: { clientSecret: 'acme' } } }),
  },
];
