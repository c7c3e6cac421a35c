import {
  ConfigError,
  createHoldline,
  type DeadLetterQueue,
  failed,
  type Holdline,
  type HoldlineConfig,
  type ListedLetter,
  memoryStore,
  recordHeaders,
} from '@holdline/core';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { decryptBody } from './decrypt-body.js';
import { filterOf, hasFilter } from './filter.js';
import { allLetters, findLetter, patiently } from './open-queue.js';
import { publicLetter } from './public-letter.js';

const KEY = 'ab'.repeat(32);

function makeLine(config: HoldlineConfig): Holdline {
  const line = createHoldline({ store: memoryStore(), retry: false, ...config });
  onTestFinished(() => line.close());
  return line;
}

/** Keeps a failed write with this body. */
async function keep(
  line: Holdline,
  body: string | Uint8Array<ArrayBuffer> | undefined,
  path = '/orders',
): Promise<void> {
  await line
    .run({
      method: 'POST',
      url: `https://api.test${path}?token=secret`,
      headers: recordHeaders({ 'content-type': 'text/plain', authorization: 'Bearer secret' }),
      replayable: true,
      payload: () => body,
      send: () => Promise.resolve(failed(new Error('reset'), 'unknown')),
    })
    .catch(() => undefined);
  await line.drain();
}

async function lettersOf(line: Holdline): Promise<ListedLetter[]> {
  const letters: ListedLetter[] = [];
  for await (const letter of allLetters(line.deadLetters)) letters.push(letter);
  return letters;
}

describe('the body of a letter', () => {
  test.each<[string, string | Uint8Array<ArrayBuffer>, unknown]>([
    ['text', 'Grüße', { body: 'Grüße', isText: true }],
    ['bytes that are text', new TextEncoder().encode('Grüße'), { body: 'Grüße', isText: true }],
    ['other bytes', Uint8Array.from([0, 255, 254, 1]), { body: 'AP/+AQ==', isText: false }],
  ])('is decrypted: %s', async (_, body, expected) => {
    for (const key of [KEY, [KEY], Buffer.from(KEY, 'hex'), Buffer.from(KEY, 'hex').toString('base64')]) {
      const config: HoldlineConfig = { deadLetters: { key } };
      const line = makeLine(config);
      await keep(line, body);
      const [letter] = await lettersOf(line);
      expect(await decryptBody(letter as ListedLetter, config)).toEqual(expected);
    }
  });

  test('says why it cannot be shown', async () => {
    const line = makeLine({ deadLetters: { key: KEY } });
    await keep(line, 'x');
    const [letter] = (await lettersOf(line)) as [ListedLetter];
    const why = async (one: ListedLetter, config?: HoldlineConfig): Promise<unknown> => decryptBody(one, config);
    expect(await why(letter)).toEqual({ why: expect.stringContaining('exports a line') as string });
    expect(await why(letter, {})).toEqual({ why: 'The configuration has no key.' });
    expect(await why(letter, { deadLetters: { key: 'cd'.repeat(32) } })).toEqual({
      why: 'No key of the configuration decrypts it.',
    });
    const plain = makeLine({});
    await keep(plain, 'x');
    expect(await why((await lettersOf(plain))[0] as ListedLetter, {})).toEqual({
      why: 'The letter was kept without its body.',
    });
  });
});

test('a printed letter has neither its encrypted parts nor its query', async () => {
  const line = makeLine({ deadLetters: { key: KEY } });
  await keep(line, 'secret');
  const printed = JSON.stringify(publicLetter((await lettersOf(line))[0] as ListedLetter));
  expect(printed).toContain('"encrypted":true');
  expect(printed).not.toContain('secret');
  expect(printed).not.toContain('sealed');
});

test('a letter is found by its identifier or a unique beginning', async () => {
  const line = makeLine({});
  await keep(line, 'a');
  await keep(line, 'b');
  const [first, second] = (await lettersOf(line)) as [ListedLetter, ListedLetter];
  let common = 0;
  while (first.id[common] === second.id[common]) common++;
  expect((await findLetter(line.deadLetters, first.id)).id).toBe(first.id);
  expect((await findLetter(line.deadLetters, second.id.slice(0, common + 1))).id).toBe(second.id);
  const alike = [{ id: 'ab1' }, { id: 'ab2' }] as ListedLetter[];
  const listed = { list: () => Promise.resolve({ letters: alike, next: undefined }) } as unknown as DeadLetterQueue;
  await expect(findLetter(listed, 'ab')).rejects.toThrow(/Several letters begin with/);
  await expect(findLetter(line.deadLetters, 'zzz')).rejects.toThrow('There is no dead letter zzz.');
  // An unset variable of a shell must not select the only letter.
  await expect(findLetter(line.deadLetters, '')).rejects.toThrow('must not be empty');
});

describe('filters', () => {
  const letter = {
    kind: 'call',
    route: 'POST /orders',
    reason: 'refused 429',
    tenant: 't',
    keptAt: 1_000,
  } as ListedLetter;
  test.each([
    [{}, true],
    [{ route: 'POST /orders' }, true],
    [{ route: '/orders' }, true],
    [{ route: '/order' }, false],
    [{ reason: '429' }, true],
    [{ reason: '503' }, false],
    [{ tenant: 'u' }, false],
    [{ olderThan: '9s' }, true],
    [{ olderThan: '9.1s' }, false],
    [{ route: '/orders', reason: '503' }, false],
  ])('%j: %s', (flags, expected) => {
    expect(filterOf(flags, 10_000)(letter)).toBe(expected);
  });

  test.each(['route', 'reason', 'tenant'])(
    'an empty --%s is refused, because it would select all letters',
    (option) => {
      expect(() => filterOf({ [option]: '' }, 0)).toThrow(`--${option} must not be empty`);
    },
  );

  test('a store that stays away is named in the error, a wrong configuration is not tried again', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    let tries = 0;
    const failed = expect(
      patiently(() => {
        tries++;
        return Promise.reject(new Error('no answer within 2000 ms'));
      }),
    ).rejects.toThrow('The store did not answer 4 times in a row: no answer within 2000 ms.');
    await vi.runAllTimersAsync();
    await failed;
    expect(tries).toBe(4);
    await expect(patiently(() => Promise.reject(new ConfigError('no key')))).rejects.toThrow(/^no key$/);
  });

  test('a wrong time is refused', () => {
    expect(() => filterOf({ olderThan: 'a week' }, 0)).toThrow(/--older-than must be a time/);
    expect([hasFilter({}), hasFilter({ reason: 'x' })]).toEqual([false, true]);
  });
});
