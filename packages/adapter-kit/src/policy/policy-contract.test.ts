import { abortReason, answered, type Call, definePolicy, type Outcome, PHASES, type Policy } from '@holdline/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { policyContract } from './policy-contract.js';
import { POLICY_MUTANTS } from './policy-mutants.fixture.js';
import { Pause, pausing } from './reference-policy.fixture.js';
import { POLICY_CASES, runPolicyContract } from './run-policy-contract.js';
import type { PolicyContractReport, PolicyUnderTest } from './types.js';

const failuresOf = ({ cases }: PolicyContractReport): string[] =>
  cases.filter(({ result }) => result === 'failed').map(({ name, error }) => `${name}: ${error?.message ?? ''}`);

/** Also hears an abort in the phases outside of `deadline`, where `call.wait` hears only the end of the line. */
class AttentivePause extends Pause {
  protected override async wait(call: Call): Promise<void> {
    const { signal } = call.request;
    if (this.leftMs <= 0) return;
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        stop();
        reject(abortReason(signal!) as Error);
      };
      const stop = this.ports.clock.setTimer(this.leftMs, resolve);
      call.onGone((reason) => {
        stop();
        reject(reason as Error);
      });
      signal?.addEventListener('abort', abort, { once: true });
    });
  }
}

const lacks = { waits: 'it never waits', refuses: 'it never refuses' };

/** A policy that does something else than the reference policy. */
function policyOf(intercept: ReturnType<Policy['create']>, given: Partial<PolicyUnderTest> = {}): PolicyUnderTest {
  const make = definePolicy({ name: 'acme', phase: 'answer', create: () => intercept });
  return { name: 'acme', create: () => make(), lacks, ...given };
}

const GOOD = pausing();
policyContract({ describe, it, expect }, GOOD);

afterEach(() => void vi.restoreAllMocks());

describe('the contract for policies', () => {
  it('is fulfilled by the reference policy, without a case left out', async () => {
    const report = await runPolicyContract(GOOD);
    expect(failuresOf(report)).toEqual([]);
    expect(report.cases.map(({ result }) => result)).toEqual(POLICY_CASES.map(() => 'passed'));
  });

  it.each(PHASES)('is fulfilled by a policy of phase %s', async (phase) => {
    expect(failuresOf(await runPolicyContract(pausing(AttentivePause, { phase })))).toEqual([]);
  });

  it('has one mutant for each case', () => {
    expect(POLICY_MUTANTS.map(({ fails }) => fails).sort()).toEqual(POLICY_CASES.map(({ name }) => name).sort());
  });

  it.each(POLICY_MUTANTS)('fails only "$fails" for its mutant', async ({ fails, policy }) => {
    vi.spyOn(console, 'debug').mockReturnValue();
    const report = await runPolicyContract(policy);
    expect(failuresOf(report).map((text) => text.split(':')[0])).toEqual([fails]);
  });

  it('reports a policy that never settles, in each case that runs into it', async () => {
    const report = await runPolicyContract(policyOf(() => new Promise<Outcome>(() => undefined)));
    expect(failuresOf(report)[0]).toContain('neither passed a call on nor ended it');
  }, 120_000);

  it('reports a policy that never settles after next', async () => {
    const policy = policyOf(async (call, next) => {
      await next(call);
      return new Promise<Outcome>(() => undefined);
    });
    expect(failuresOf(await runPolicyContract(policy))[0]).toContain('never settled after `next` had settled');
  }, 120_000);

  it('leaves out what a policy lacks, with the reason', async () => {
    const cached = answered('kept', { status: 200, header: () => undefined });
    const report = await runPolicyContract(
      policyOf(() => Promise.resolve(cached), {
        lacks: { ...lacks, passesOutcomes: 'it answers all calls', nests: 'it answers all calls' },
      }),
    );
    expect(failuresOf(report)).toEqual([]);
    const leftOut = report.cases.filter(({ result }) => result === 'left out');
    expect(leftOut.map(({ reason }) => reason)).toEqual([
      'it answers all calls',
      'it never refuses',
      'it never waits',
      'it never waits',
      'it never waits',
      'it answers all calls',
    ]);
  });

  it.each<[Partial<PolicyUnderTest>, string]>([
    [{ name: '' }, 'policy.name'],
    [{ create: 1 as never }, 'policy.create'],
    [{ lacks: { refuses: 'no' } }, 'policy.waits must be the way to such a call, or policy.lacks.waits the reason'],
    [{ lacks: { waits: 'no' } }, 'policy.refuses must be'],
    [{ lacks: { ...lacks, sleeps: 'no' } as never }, 'policy.lacks.sleeps is not known'],
    [{ request: { body: 'x' } as never }, 'policy.request.body is not known'],
    [{ request: { url: 7 as never } }, 'policy.request.url'],
    [{ create: () => ({ name: 'x' }) as never }, 'policy'],
  ])('refuses %j', async (given, message) => {
    await expect(runPolicyContract(policyOf((call, next) => next(call), given))).rejects.toThrow(message);
  });

  it('observes only the code of the policy, and restores all globals', async () => {
    const natives = [Date, Date.now, performance.now, setTimeout, setInterval, Math.random, console.log];
    let seen = 0;
    const policy = policyOf((call, next) => next(call));
    const timer = setInterval(() => (seen += new Date().getTime()), 1);
    const reports = await Promise.all([runPolicyContract(policy), runPolicyContract(policy)]);
    clearInterval(timer);
    expect(reports.flatMap(failuresOf)).toEqual([]);
    expect(seen).toBeGreaterThanOrEqual(0);
    expect([Date, Date.now, performance.now, setTimeout, setInterval, Math.random, console.log]).toEqual(natives);
  });

  it.each([
    ['new Date()', () => void new Date()],
    ['Date()', () => void Date()],
    ['performance.now()', () => void performance.now()],
    ['setTimeout()', () => clearTimeout(setTimeout(() => undefined, 0))],
    ['setInterval()', () => clearInterval(setInterval(() => undefined, 1))],
    ['Math.random()', () => void Math.random()],
  ])('finds %s after an await, but allows dates of a given time', async (name, use) => {
    const policy = policyOf(async (call, next) => {
      void new Date(0).toISOString();
      const outcome = await next(call);
      use();
      return outcome;
    });
    const [failure = '', ...others] = failuresOf(await runPolicyContract(policy));
    expect(failure).toContain(`The policy used ${name}.`);
    expect(others).toEqual([]);
  });
});
