import { callInfo, createHoldline, withCall } from '@holdline/core';
import { accessKey, agentStates, cxone, cxoneCache, type AgentStateChange } from '@holdline/cxone';
import { guardFetch } from '@holdline/fetch';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bearer, createGuardedNice, createSignedIn, login, simulateCxone, type NiceResponse } from './nice.js';
import { catchFailure, times } from './support.js';

const SKILLS = 'GET /incontactapi/services/skills';
const STATES = 'GET /incontactapi/services/cache/agentstate';
const cached = cxone(cxoneCache());

const skillsOf = ({ data }: NiceResponse): unknown => (data as { skills: unknown }).skills;

describe('control: the unmodified SDK 25.1.2', () => {
  test('sends a request for each read of a directory', async () => {
    const simulator = await simulateCxone();
    const { nice, mine, api } = await createSignedIn(simulator);
    await Promise.all(times(20, () => nice.HttpClient.get(api('/skills'), mine())));
    expect(simulator.stats().byRoute[SKILLS]?.requests).toBe(20);
  });
});

describe('cxoneCache', () => {
  test('twenty readers of a directory cost one request, and each gets its own copy', async () => {
    const simulator = await simulateCxone();
    const { nice, mine, api } = await createGuardedNice(simulator, cached);
    const answers = await Promise.all(times(20, () => nice.HttpClient.get(api('/skills'), mine())));
    const later = await nice.HttpClient.get(api('/skills'), mine());
    expect(simulator.stats().byRoute[SKILLS]?.requests).toBe(1);
    expect(callInfo(later)).toMatchObject({ fromCache: true, attempts: 0 });
    for (const answer of [...answers, later]) expect(skillsOf(answer)).toHaveLength(5);
    (skillsOf(answers[0] as NiceResponse) as unknown[]).pop();
    expect(skillsOf(later)).toHaveLength(5);
    expect(skillsOf(await nice.HttpClient.get(api('/skills'), mine()))).toHaveLength(5);
  });

  test('two tenants never share an answer', async () => {
    const simulator = await simulateCxone();
    const { nice, mine, api } = await createGuardedNice(simulator, cached);
    const other = bearer((await login(simulator, 'key@globex')).accessToken);
    const read = async (request: object): Promise<unknown> =>
      ((await nice.HttpClient.get(api('/agents/7'), request)).data as { agents: object[] }).agents[0];
    for (let i = 0; i < 2; i++) {
      expect(await read(mine())).toMatchObject({ userName: '7@acme' });
      expect(await read(other)).toMatchObject({ userName: '7@globex' });
    }
    expect(simulator.stats().byRoute['GET /incontactapi/services/agents/:agentId']?.requests).toBe(2);
  });

  test('a 404 and a failure are those of the platform, and are not kept', async () => {
    const simulator = await simulateCxone();
    const { nice, mine, api } = await createGuardedNice(simulator, { ...cached, retry: false });
    for (let i = 0; i < 2; i++)
      expect(await catchFailure(nice.HttpClient.get(api('/skills/77'), mine()))).toMatchObject({
        data: { status: 404 },
      });
    expect(simulator.stats().byRoute[`${SKILLS}/:skillId`]?.requests).toBe(2);
    simulator.script(SKILLS, [{ status: 500 }]);
    expect(await catchFailure(nice.HttpClient.get(api('/skills'), mine()))).toMatchObject({ data: { status: 500 } });
    expect(skillsOf(await nice.HttpClient.get(api('/skills'), mine()))).toHaveLength(5);
  });

  test('agent states are read anew each time, and identical active reads share a request', async () => {
    const simulator = await simulateCxone();
    const { nice, mine, api } = await createGuardedNice(simulator, cached);
    const read = () => nice.HttpClient.get(api('/cache/agentstate?updatedSince=1970-01-01T00:00:00.000Z'), mine());
    await Promise.all(times(10, read));
    await read();
    expect(simulator.stats().byRoute[STATES]?.requests).toBe(2);
  });
});

describe('agentStates', () => {
  test('fifty watches of the SDK share one poll per interval, and see a change of state', async () => {
    const simulator = await simulateCxone();
    const { nice, mine, api } = await createGuardedNice(simulator);
    const { HttpClient, CXoneAuth } = nice;
    const watches = times(50, () =>
      agentStates({ HttpClient, CXoneAuth }, { baseUri: simulator.url, intervalMs: 200 }),
    );
    onTestFinished(() => watches.forEach((watch) => watch.close()));
    const nextChange = (name: string): Promise<AgentStateChange[]> =>
      Promise.all(
        watches.map(
          (watch) =>
            new Promise<AgentStateChange>((resolve) =>
              watch.on('change', (change) => change.state?.agentStateName === name && resolve(change)),
            ),
        ),
      );
    await nextChange('LoggedOut');
    expect(watches[0]?.current?.size).toBe(20);
    const seen = nextChange('Unavailable');
    await nice.HttpClient.post(api('/agent-sessions'), { ...mine(), body: { stationId: '' } });
    const changes = await seen;
    expect(new Set(changes.map(({ agentId }) => agentId)).size).toBe(1);
    const polls = simulator.wire().filter(({ route }) => route === STATES);
    expect(polls.length).toBeLessThan(50);
  });

  test('two tenants of a service share no states', async () => {
    const simulator = await simulateCxone();
    const watch = (tenant: string) => {
      const grant = accessKey({
        accessKeyId: `key@${tenant}`,
        accessKeySecret: 's',
        loginUrl: simulator.url,
      });
      const line = createHoldline(cxone({ token: { grant } }));
      onTestFinished(() => line.close());
      const api = guardFetch(fetch, { line, origins: [simulator.url] });
      return withCall({ tenant }, () => agentStates(api, { baseUri: simulator.url, intervalMs: 200 }));
    };
    const [acme, globex] = [watch('acme'), watch('globex')];
    const first = async (states: typeof acme): Promise<unknown> =>
      (await states[Symbol.asyncIterator]().next()).value?.state?.userName;
    expect(await Promise.all([first(acme), first(globex)])).toEqual(['1@acme', '1@globex']);
  });
});
