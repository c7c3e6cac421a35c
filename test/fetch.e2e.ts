import { guardFetch } from '@holdline/fetch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FETCH_CASES, type Places } from './fetch-cases.js';
import { CONFIGS, startPlaces } from './fetch-places.js';

let at: Places;
let stop: () => Promise<unknown>;
beforeAll(async () => ({ at, stop } = await startPlaces()));
afterAll(() => stop());

describe.each(CONFIGS)('guarded in Node, %s', (_, config) => {
  test.each(FETCH_CASES)('$name', async ({ run }) => {
    const bare = await run(fetch, at);
    expect(await run(guardFetch(fetch, config), at)).toEqual(bare);
  });
});
