// Real sockets against a local platform that counts what it executed.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startSimulator } from '@holdline/simulator';
import { createDirectory } from '../directory.mjs';

let simulator;
let authorization;
let directory;

beforeAll(async () => {
  simulator = await startSimulator({ platform: 'genesys' });
  const login = await fetch(`${simulator.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('id:secret')}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  authorization = `Bearer ${(await login.json()).access_token}`;
});
afterEach(async () => {
  simulator.set({ faults: [] });
  simulator.resetStats();
  await directory.line.close();
});
afterAll(() => simulator.stop());

const open = (config) =>
  (directory = createDirectory({
    baseUrl: simulator.url,
    send: (input, init) =>
      fetch(input, { ...init, headers: { ...Object.fromEntries(new Headers(init?.headers)), authorization } }),
    retry: { maxAttempts: 3, baseDelayMs: 10 },
    ...config,
  }));

test('a read survives a dropped connection', async () => {
  simulator.script('GET /api/v2/users/:id', [{ status: 200, drop: 'before' }, 'pass']);
  await open().readUser('7b0a3f7e-6a0c-4b73-93a1-6d3a5b3f0a11');
  expect(simulator.stats().byRoute['GET /api/v2/users/:id']).toMatchObject({ requests: 2 });
});

test('a write that was executed without an answer is not executed twice', async () => {
  simulator.set({ faults: [{ kind: 'drop-after', match: 'POST /api/v2/externalcontacts/contacts' }] });
  await expect(open().addContact({ firstName: 'Ada' })).rejects.toMatchObject({ code: 'HOLDLINE_OUTCOME_UNKNOWN' });
  expect(simulator.stats()).toMatchObject({ executedWrites: 1, duplicateWrites: 0 });
});
