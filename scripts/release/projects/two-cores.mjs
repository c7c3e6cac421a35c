// Two versions of core in one project: this file imports the older one, and @holdline/axios brings the newer one.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import axios from 'axios';
import { callInfo, createHoldline, holdlineOf, isHoldlineError, release, withCall } from '@holdline/core';
import { guardAxios } from '@holdline/axios';
import { clientCredentials, genesysCloud } from '@holdline/genesys';
import { startSimulator } from '@holdline/simulator';

const require = createRequire(import.meta.url);
const ofAxios = createRequire(require.resolve('@holdline/axios'));
const [older, newer] = [require, ofAxios].map((from) => from('@holdline/core/package.json').version);
assert.notEqual(older, newer);

const simulator = await startSimulator({ platform: 'genesys' });
simulator.script('GET /api/v2/users/me', [{ status: 429, headers: { 'retry-after': '0.1' } }]);
const grant = clientCredentials({ clientId: 'id', clientSecret: 'secret', loginUrl: simulator.url });
const line = createHoldline(genesysCloud({ token: { grant } }));
const api = guardAxios(axios.create({ baseURL: simulator.url }), line);
assert.equal(holdlineOf(api), line);
assert.equal(callInfo(await api.get('/api/v2/users/me')).attempts, 2);

// The line of a configuration is a line of the newer core. The functions of the older core know it, its results and its errors.
const own = guardAxios(axios.create({ baseURL: simulator.url }), {
  governor: { maxQueued: 0, quotas: [{ limit: 1, windowMs: 60_000 }] },
  retry: false,
});
assert.equal(holdlineOf(own).snapshot().calls, 0);
const refused = await own.get('/api/v2/users/me').catch((error) => error);
assert.equal(callInfo(refused).status, 401);
const full = await withCall({ tenant: 'acme' }, () => own.get('/api/v2/users/me')).catch((error) => error);
assert.ok(isHoldlineError(full), String(full));
const aborted = await withCall({ signal: AbortSignal.abort() }, () => api.get('/api/v2/users/me')).catch(
  (error) => error,
);
assert.equal(aborted.name, 'AbortError');
await holdlineOf(own).close();
release(api);
assert.equal(holdlineOf(api), undefined);
await line.close();
await simulator.stop();
console.log(`${older} and ${newer}`);
