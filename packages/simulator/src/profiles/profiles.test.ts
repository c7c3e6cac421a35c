import { describe, expect, it } from 'vitest';
import { SimulatorOptionError } from '../option-error.js';
import { call, startGenesys } from '../testing/http-client.js';
import { startSimulator } from '../start-simulator.js';
import { PROFILE_NAMES, parseSimulatorProfile, simulatorProfile } from './profiles.js';

const ours = { name: 'ours', per: 'client', limit: 50, windowMs: 1000, enforcement: 'sliding' } as const;

describe('profiles', () => {
  it.each(PROFILE_NAMES)('%s starts a simulator, and every limit and number has a source', async (name) => {
    const profile = simulatorProfile(name);
    const simulator = await startSimulator(profile.options);
    expect(simulator.url).toMatch(/^http/);
    await simulator.stop();
    expect(profile.name).toBe(name);
    for (const limit of profile.options.limits ?? [])
      expect(profile.facts[`limits.${limit.name}`]?.grade, limit.name).toMatch(/^[AB]$/);
    expect(profile.facts['tokens.expiresInMs']?.source).not.toBe('');
    expect(profile.facts['latency']?.grade).toBe('assumed');
    expect(parseSimulatorProfile({ extends: name })).toMatchObject({ options: profile.options, facts: profile.facts });
  });

  it('are copies: a change reaches nobody else', () => {
    const profile = simulatorProfile('cxone');
    profile.options.limits?.splice(0);
    expect(simulatorProfile('cxone').options.limits).not.toHaveLength(0);
  });

  it('refuse an unknown name', () => {
    expect(() => simulatorProfile('aws' as never)).toThrow("profile is \"aws\"; allowed: 'genesys-default', 'cxone'");
  });
});

describe('profiles of users', () => {
  it('extend a profile: limits are merged by name, other options replace, and facts follow', () => {
    const token = { name: 'token.rate.per.minute', per: 'token', limit: 900, windowMs: 60_000, enforcement: 'sliding' };
    const profile = parseSimulatorProfile(
      {
        extends: 'genesys-default',
        description: 'our org',
        options: { limits: [token, ours], latency: { other: 5 } },
        facts: {
          'limits.ours': { grade: 'B', source: 'support case' },
          'latency.other': { grade: 'C', source: 'a log' },
        },
      },
      'ours.json',
    );
    const base = simulatorProfile('genesys-default');
    expect(profile.name).toBe('ours.json');
    expect(profile.options.limits).toEqual([token, ...(base.options.limits ?? []).slice(1), ours]);
    expect(profile.options.latency).toEqual({ other: 5 });
    expect(profile.options.tokens).toEqual(base.options.tokens);
    expect(Object.keys(profile.facts)).not.toContain('limits.token.rate.per.minute');
    expect(Object.keys(profile.facts)).not.toContain('latency');
    expect(profile.facts).toMatchObject({
      'limits.ours': { grade: 'B' },
      'limits.architect.ivrs.put': { grade: 'B' },
      'tokens.expiresInMs': { grade: 'A' },
    });
  });

  it('without extends have only their own options', async () => {
    const { options, facts } = parseSimulatorProfile({
      name: 'small',
      options: { platform: 'genesys', limits: [ours] },
    });
    expect(options).toEqual({ platform: 'genesys', limits: [ours] });
    expect(facts).toEqual({});
    const simulator = await startGenesys(options);
    expect((await call(simulator, 'GET /api/v2/users/me')).status).toBe(401);
  });

  it.each<[unknown, string]>([
    [7, 'profile is 7; allowed: an object with the keys extends, name'],
    [{ option: {} }, 'option is {}; allowed: only the keys extends, name, description, options, facts'],
    [{ extends: 'aws' }, "extends is \"aws\"; allowed: 'genesys-default', 'cxone'"],
    [{ options: [] }, 'options is []; allowed: an object'],
    [{ options: { platform: 'genesys', port: 1 } }, 'options.port is 1; allowed: options of the platform'],
    [{ options: {} }, "platform is undefined; allowed: 'genesys', 'cxone'"],
    [{ options: { platform: 'genesys', colour: 1 } }, 'colour is 1; allowed: only the keys platform'],
    [
      { options: { platform: 'genesys', limits: [{ ...ours, limit: 0 }] } },
      'limits[0].limit is 0; allowed: a whole number from 1',
    ],
    [{ extends: 'genesys-default', options: { limits: 7 } }, 'limits is 7; allowed: an array of limits'],
    [
      { extends: 'genesys-default', options: { platform: 'cxone' } },
      'options.platform is "cxone"; allowed: \'genesys\'',
    ],
    [{ extends: 'cxone', name: '' }, 'name is ""; allowed: a text'],
    [{ extends: 'cxone', facts: 1 }, 'facts is 1; allowed: an object of'],
    [{ extends: 'cxone', facts: { 'limits.none': { grade: 'A', source: 's' } } }, 'facts is "limits.none"; allowed:'],
    [
      { extends: 'cxone', facts: { latency: { grade: 'D', source: 's' } } },
      "facts['latency'].grade is \"D\"; allowed: 'A', 'B', 'C', 'assumed'",
    ],
    [{ extends: 'cxone', facts: { latency: { grade: 'A' } } }, "facts['latency'].source is undefined; allowed: a text"],
    [{ extends: 'cxone', facts: { latency: { grade: 'A', source: 's', url: '' } } }, 'facts[\'latency\'].url is ""'],
  ])('%j is refused', (value, message) => {
    expect(() => parseSimulatorProfile(value)).toThrow(SimulatorOptionError);
    expect(() => parseSimulatorProfile(value)).toThrow(message);
  });
});
