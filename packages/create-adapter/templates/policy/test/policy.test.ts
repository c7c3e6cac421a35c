import { answered, createHoldline, recordHeaders } from '@holdline/core';
import { VirtualClock } from '@holdline/core/testing';
import { expect, it } from 'vitest';
import { FrozenError, $policy$ } from '../src/index.js';

const YEAR_MS = 365 * 24 * 3_600_000;

it('refuses writes before the date, and nothing afterwards', async () => {
  const clock = new VirtualClock(Date.parse('2099-06-01'));
  const line = createHoldline({ clock }).use($policy$({ until: new Date('2100-01-01') }));
  let sent = 0;
  // What an adapter does for each request.
  const call = (method: string): Promise<unknown> =>
    line.run({
      method,
      url: 'https://api.example.com/items/1',
      headers: recordHeaders({}),
      replayable: true,
      send: () => Promise.resolve(answered(`answer ${++sent}`, { status: 200, header: () => undefined })),
    });

  await expect(call('GET')).resolves.toBe('answer 1');
  await expect(call('POST')).rejects.toThrow(FrozenError);
  expect(sent).toBe(1);
  await clock.advance(YEAR_MS);
  await expect(call('POST')).resolves.toBe('answer 2');
  await line.close();
});
