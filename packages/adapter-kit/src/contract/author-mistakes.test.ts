import { describe, expect, it } from 'vitest';
import type { AcmeClient } from '../reference/acme-client.fixture.js';
import { ACME } from '../reference/acme.fixture.js';
import { adapterContract } from './adapter-contract.js';
import { ContractError } from './failure.js';
import { runContract } from './run-contract.js';
import type { AdapterUnderTest, Connection, ContractPart } from './types.js';

const never = (): Promise<never> => new Promise(() => undefined);
const fail = (): never => {
  throw new Error('boom');
};

/** The reference adapter with another function of its connection. */
const connecting = (given: Partial<Connection<AcmeClient>>): Partial<AdapterUnderTest<AcmeClient>> => ({
  connect: async (...args) => ({ ...(await ACME.connect(...args)), ...given }),
});

/** Problems of the failed cases. Each case must end with a ContractError. */
async function problemsOf(given: Partial<AdapterUnderTest<AcmeClient>>, parts: ContractPart[]): Promise<string[]> {
  const { cases } = await runContract({ ...ACME, ...given }, { parts, maxWaitMs: 100 });
  const failed = cases.filter(({ result }) => result === 'failed');
  for (const { error } of failed) expect(error).toBeInstanceOf(ContractError);
  return failed.map(({ error }) => error?.problem ?? '');
}

describe('a mistake in the contract file', () => {
  it.each<[string, Partial<AdapterUnderTest<AcmeClient>>, string, ContractPart?]>([
    ['connect that throws', { connect: fail }, 'connect() failed: Error: boom'],
    ['connect that hangs', { connect: never }, 'connect() did not settle within 0.1 s.'],
    ['connect that returns nothing', { connect: () => undefined as never }, 'It lacks: client, call, read.'],
    ['connect without call', connecting({ call: undefined as never }), 'It lacks: call.'],
    [
      'connect without the credential',
      { connect: (server, options) => ACME.connect(server, { ...options, authorization: undefined }) },
      'connect() got the option authorization, and the client without a guard sent no header authorization.',
    ],
    ['call that throws', connecting({ call: fail }), 'Error: boom'],
    ['call that hangs', connecting({ call: never }), 'did not end. The server has 0 unanswered requests.'],
    ['read that throws', connecting({ read: fail }), 'read() of the connection failed: Error: boom', 'answers'],
    [
      'read that hangs',
      connecting({ read: never }),
      'read() of the connection did not settle within 0.1 s.',
      'answers',
    ],
    [
      'read that returns nothing',
      connecting({ read: () => undefined as never }),
      'read() of the connection must return an object with the number status and the string text.',
      'answers',
    ],
    ['close that rejects', connecting({ close: fail }), 'close() of the connection failed: Error: boom'],
    ['close that hangs', connecting({ close: never }), 'close() of the connection did not settle within 0.1 s.'],
    ['refuse that hangs', connecting({ refuse: never }), 'refuse() of the connection did not settle.', 'failures'],
    [
      'refuse that is absent',
      connecting({ refuse: undefined as never }),
      'The connection has no function refuse.',
      'failures',
    ],
    ['guard that throws', { guard: fail }, "guardAcme() threw 'Error: boom'."],
    ['guard that returns nothing', { guard: () => undefined as never }, 'and returned undefined.'],
    ['guard that is asynchronous', { guard: (async () => undefined) as never }, 'and returned a promise.'],
    ['answerFormat that throws', { answerFormat: fail }, "answerFormat() threw 'Error: boom'."],
    [
      'answerFormat that loses the id',
      { answerFormat: () => ({ body: '{}' }) },
      'The body of a 200 must contain the id.',
    ],
  ])('is a ContractError in bounded time: %s', async (_, given, problem, part = 'tenants') => {
    const problems = await problemsOf(given, [part]);
    expect(problems.filter((one) => one.includes(problem))).not.toEqual([]);
  });

  it('is a ContractError also if it is an error that nobody handles', async () => {
    const call: Connection<AcmeClient>['call'] = async (...args) => {
      void Promise.reject(new Error('stray'));
      return (await ACME.connect({} as never, {} as never)).call(...args);
    };
    const before = process.listenerCount('unhandledRejection');
    // The runner of this test has listeners of its own, which would report the error.
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    try {
      const problems = await problemsOf(connecting({ call }), ['tenants']);
      expect(problems.length).toBeGreaterThan(0);
      for (const problem of problems) expect(problem).toContain('Error: stray');
      expect(process.listenerCount('unhandledRejection')).toBe(0);
    } finally {
      for (const listener of listeners) process.on('unhandledRejection', listener);
    }
    expect(process.listenerCount('unhandledRejection')).toBe(before);
  });

  it('reports the failed case and not a failure of close() after it', async () => {
    const problems = await problemsOf(connecting({ read: fail, close: fail }), ['answers']);
    expect(problems.some((problem) => problem.startsWith('read()'))).toBe(true);
  });

  it.each<[object, string]>([
    [{ lacks: { signals: 'no' } }, 'adapter.lacks.signals is not known; allowed here: signal, '],
    [{ lacks: { signal: '' } }, 'adapter.lacks.signal must be a string that is not empty'],
    [{ credentialHeader: 'Authorization' }, 'adapter.credentialHeader must be the name of a header in lower case'],
  ])('is a ConfigError: %j', async (given, message) => {
    await expect(runContract({ ...ACME, ...given })).rejects.toThrow(message);
  });

  it('is a ConfigError if adapterContract gets an unknown part', () => {
    const runner = { describe: () => undefined, it: () => undefined };
    expect(() => adapterContract(runner, ACME, ['attempt' as never])).toThrow("parts[0] must be 'attempts' or ");
  });
});

describe('adapterContract', () => {
  it('raises the time limit of Mocha, which ignores the third argument of it', async () => {
    const limits: unknown[] = [];
    const bodies: (() => Promise<void>)[] = [];
    adapterContract(
      { describe: (_, register) => register(), it: (_, body) => void bodies.push(body) },
      { ...ACME, connect: fail },
      ['tenants'],
    );
    for (const body of bodies)
      await expect(body.call({ timeout: (ms: number) => void limits.push(ms) } as never)).rejects.toThrow('boom');
    expect(limits).toEqual(bodies.map(() => 60_000));
  });
});
