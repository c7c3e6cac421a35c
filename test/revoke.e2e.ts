import { createHoldline, type HoldlineEvents } from '@holdline/core';
import { clientCredentials, genesysCloud } from '@holdline/genesys';
import { guardFetch } from '@holdline/fetch';
import { accessKey, cxone } from '@holdline/cxone';
import { describe, expect, test } from 'vitest';
import { createGuarded, createUnmodified, simulate, UNLIMITED } from './support.js';

/** Whether the platform still accepts a token. */
async function isValid(apiUrl: string, token: string): Promise<boolean> {
  const { status } = await fetch(`${apiUrl}/api/v2/users/me`, { headers: { Authorization: `Bearer ${token}` } });
  return status === 200;
}

// Issue 16, 4: `DELETE /api/v2/tokens/me`.
describe('close({ revoke: true }) on Genesys Cloud', () => {
  test('control: the SDK alone leaves its token valid, and its own deleteTokensMe revokes it', async () => {
    const simulator = await simulate();
    const { client, sdk } = await createUnmodified(simulator);
    const token = client.authData.accessToken as string;
    expect(await isValid(simulator.url, token)).toBe(true);
    await new (sdk as unknown as { TokensApi: new (client: unknown) => { deleteTokensMe(): Promise<void> } }).TokensApi(
      client,
    ).deleteTokensMe();
    expect(await isValid(simulator.url, token)).toBe(false);
  });

  test('revokes the token of the SDK through its own HTTP client, and removes it from the SDK', async () => {
    const simulator = await simulate();
    const { client, line, users } = await createGuarded(simulator);
    await users.getUsersMe();
    const token = client.authData.accessToken as string;
    const events: HoldlineEvents['tokenRevoked'][] = [];
    line.on('tokenRevoked', (event) => events.push(event));
    await line.close({ revoke: true });
    expect(events).toEqual([{ credential: undefined, result: 'revoked', message: undefined }]);
    expect(await isValid(simulator.url, token)).toBe(false);
    expect(client.authData.accessToken).toBeUndefined();
    await expect(users.getUsersMe()).rejects.toThrow(/closed/);
  });

  test('reports a platform that refuses, and leaves the token valid', async () => {
    const simulator = await simulate();
    const { client, line } = await createGuarded(simulator);
    simulator.script('DELETE /api/v2/tokens/me', [{ status: 503 }]);
    const events: HoldlineEvents['tokenRevoked'][] = [];
    line.on('tokenRevoked', (event) => events.push(event));
    await line.close({ revoke: true });
    expect(events).toMatchObject([{ result: 'failed', message: 'the platform answered 503 to the revocation' }]);
    expect(await isValid(simulator.url, client.authData.accessToken as string)).toBe(true);
  });

  test('revokes the token of a grant', async () => {
    const simulator = await simulate();
    const grant = clientCredentials({
      clientId: 'id',
      clientSecret: 'secret',
      loginUrl: simulator.url,
      apiUrl: simulator.url,
    });
    const line = createHoldline(
      genesysCloud({ ...UNLIMITED, token: { grant, origins: [new URL(simulator.url).origin] } }),
    );
    let token = '';
    line.onToken(({ accessToken }) => (token = accessToken));
    const api = guardFetch(fetch, line);
    expect((await api(`${simulator.url}/api/v2/users/me`)).status).toBe(200);
    expect(await isValid(simulator.url, token)).toBe(true);
    await line.close({ revoke: true });
    expect(await isValid(simulator.url, token)).toBe(false);
  });
});

test('CXone documents no revocation: close({ revoke: true }) is refused, and an own function is used', async () => {
  const grant = accessKey({ accessKeyId: 'id', accessKeySecret: 's' });
  const line = createHoldline(cxone({ token: { grant } }));
  await expect(line.close({ revoke: true })).rejects.toThrow('options.revoke needs a token whose grant has');
  await line.close();
  const revoke = (): Promise<void> => Promise.resolve();
  await createHoldline(cxone({ token: { grant: Object.assign(grant, { revoke }) } })).close({ revoke: true });
});
