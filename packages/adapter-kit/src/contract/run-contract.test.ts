import { describe, expect, it } from 'vitest';
import { ACME } from '../reference/acme.fixture.js';
import { makeGuardAcme } from '../reference/acme-adapter.fixture.js';
import { runContract } from './run-contract.js';

describe('runContract', () => {
  it('runs the given parts and reports each case', async () => {
    const seen: string[] = [];
    const { cases } = await runContract(ACME, { parts: ['tenants'], onCase: ({ name }) => void seen.push(name) });
    expect(new Set(cases.map(({ part }) => part))).toEqual(new Set(['tenants']));
    expect(seen).toEqual(cases.map(({ name }) => name));
  });

  it('leaves out the cases that need a missing feature, with its reason', async () => {
    const { cases } = await runContract({ ...ACME, lacks: { streamBody: 'no streams' } }, { parts: ['bodies'] });
    const left = cases.filter(({ result }) => result === 'left out');
    expect(left.length).toBeGreaterThan(0);
    expect(left.every(({ needs, reason }) => needs.includes('streamBody') && reason === 'no streams')).toBe(true);
  });

  it('says what is wrong, why it matters and where the guide treats it', async () => {
    const guard = makeGuardAcme({
      attach(client, guarded) {
        const { transport } = client;
        client.transport = guarded;
        return () => {
          client.transport = transport;
        };
      },
    });
    const { cases } = await runContract({ ...ACME, guard }, { parts: ['lifecycle'] });
    const failed = cases.filter(({ result }) => result === 'failed');
    expect(failed.map(({ error }) => error?.problem)).toEqual([
      'release() must restore the client exactly. 1 members differ: transport.',
    ]);
    expect(failed[0]?.error?.guide).toBe('docs/extend/write-an-adapter.md#lifecycle');
  });

  it.each([
    [{ parts: ['attempt'] }, 'options.parts'],
    [{ maxWaitMs: 0 }, 'options.maxWaitMs'],
    [{ onCase: 'x' }, 'options.onCase'],
    [{ part: 'attempts' }, 'options.part'],
  ])('refuses the options %j', async (options, key) => {
    await expect(runContract(ACME, options as never)).rejects.toThrow(key);
  });
});
