import { answered, failed, type Outcome, type Policy } from '@holdline/core';
import { Problem } from '../contract/failure.js';
import { answerWith, CANARIES, PolicyLine } from './policy-line.js';
import type { PolicyUnderTest, Provocation } from './types.js';
import { observeGlobals, Watch } from './watch.js';

/** What one case of the contract works with: lines with the policy under test, and an observer of its code. */
export class PolicyScene {
  readonly watch = new Watch(Object.values(CANARIES));
  readonly #lines: PolicyLine[] = [];
  readonly #restore = observeGlobals();

  constructor(readonly subject: PolicyUnderTest) {}

  create(): Policy {
    return this.watch.run(() => this.subject.create());
  }

  line(policy: Policy = this.create()): PolicyLine {
    const line = new PolicyLine(this.subject, policy, this.watch);
    this.#lines.push(line);
    return line;
  }

  /** Makes a line whose policy does with the next call what `provocation` provokes. */
  async provoked(provocation: Provocation = {}, line = this.line()): Promise<PolicyLine> {
    await this.watch.leave(() => provocation.provoke?.(line));
    line.platform = () => answerWith({ status: 200 });
    return line;
  }

  /** Fails the case unless `holds`. */
  check(holds: boolean, problem: string): void {
    if (!holds) throw new Problem(problem);
  }

  async close(): Promise<void> {
    try {
      for (const line of this.#lines) await line.close();
    } finally {
      this.#restore();
    }
  }
}

/** New outcomes, one of each kind. */
export function makeOutcomes(): Outcome[] {
  const error = (code: string): Error => Object.assign(new Error(`the network failed: ${code}`), { code });
  return [
    answerWith({ status: 200 }),
    answered(Object.assign(new Error('status 404'), { status: 404 }), {
      status: 404,
      header: () => undefined,
      threw: true,
    }),
    answerWith({ status: 401 }),
    answerWith({ status: 429, headers: { 'retry-after': '2' } }),
    failed(error('ECONNREFUSED'), 'not-sent'),
    failed(error('ERR_INVALID_ARG_TYPE'), 'local'),
    failed(error('ECONNRESET'), 'unknown'),
    failed(error('ABORT_ERR'), 'cancelled'),
  ];
}
