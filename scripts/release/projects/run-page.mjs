// Runs a bundle of page.mjs against a simulator that refuses the first request: `node run-page.mjs BUNDLE`.
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startSimulator } from '@holdline/simulator';

const { main } = await import(pathToFileURL(resolve(process.argv[2])).href);
const simulator = await startSimulator({ platform: 'genesys' });
simulator.script('GET /api/v2/users/me', [{ status: 429, headers: { 'retry-after': '0.1' } }]);
assert.deepEqual(await main(simulator.url), { isShared: true, attempts: [2, 1] });
await simulator.stop();
