import { isHoldlineError } from '@holdline/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEADER_BYTES, writeChunk } from './chunk-format.js';
import { splitMessage } from './chunked-message.js';
import { crc32 } from './crc32.js';
import { Reassembler } from './reassembler.js';

const utf8 = new TextEncoder();
/** A message of `length` bytes with the same content in every run. */
function bytesOf(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0, n = seed; i < length; i++) bytes[i] = n = (n * 1_103_515_245 + 12_345) & 0xff;
  return bytes;
}
const same = (a: string | Uint8Array | undefined, b: string | Uint8Array): boolean =>
  typeof a === 'string' || typeof b === 'string' ? a === b : Buffer.from(a ?? []).equals(Buffer.from(b));

describe('a message in chunks', () => {
  it.each([0, 1, 16_383, 16_384, 16_385, 1_000_000, 10 * 1_048_576])('of %d bytes arrives unchanged', (length) => {
    const reassembler = new Reassembler();
    const sent = bytesOf(length);
    const chunks = [...splitMessage(sent, 7)];
    expect(chunks).toHaveLength(Math.max(1, Math.ceil(length / 16_384)));
    const got = chunks.map((chunk) => reassembler.push(chunk));
    expect(got.slice(0, -1).every((message) => message === undefined)).toBe(true);
    expect(same(got.at(-1), sent)).toBe(true);
    expect(reassembler.held).toBe(0);
  });

  it('stays valid text, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 7 }), (text, chunkBytes) => {
        const reassembler = new Reassembler();
        const got = [...splitMessage(text, 1, chunkBytes)].map((chunk) => reassembler.push(chunk));
        expect(got.at(-1)).toBe(text);
      }),
    );
  });

  it('is not affected by other messages in transit', () => {
    const message = fc.uint8Array({ maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat(3)),
        (messages, turns) => {
          const reassembler = new Reassembler();
          const lanes = messages.map((bytes, id) => [...splitMessage(bytes, id, 5)]);
          const got: Uint8Array[] = [];
          for (const turn of turns) {
            if (lanes.every((lane) => lane.length === 0)) break;
            const lane = lanes[turn % lanes.length]!;
            if (lane.length === 0) {
              lanes.splice(lanes.indexOf(lane), 1);
              continue;
            }
            const whole = reassembler.push(lane.shift()!);
            if (whole !== undefined) got.push(whole as Uint8Array);
          }
          expect(got).toHaveLength(messages.length);
          expect(messages.every((bytes) => got.some((one) => same(one, bytes)))).toBe(true);
        },
      ),
    );
  });
});

describe('lost chunks', () => {
  it('a message is delivered completely or reported, never in part', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        (messages, chance, loss) => {
          const reassembler = new Reassembler();
          let unfinished = 0;
          for (const [id, bytes] of messages.entries()) {
            const all = [...splitMessage(bytes, id, 8)];
            const arriving = all.filter(() => (chance.next().value as number) >= loss);
            let whole: string | Uint8Array | undefined;
            let reported = false;
            for (const chunk of arriving) {
              try {
                whole ??= reassembler.push(chunk);
              } catch (error) {
                expect(isHoldlineError(error)).toBe(true);
                reported = true;
              }
            }
            if (arriving.length === all.length) expect(same(whole, bytes)).toBe(true);
            else expect(whole).toBe(undefined);
            // Only the end is missing: the reassembler notices that when the session ends.
            if (arriving.length > 0 && arriving.length < all.length && !reported) unfinished++;
          }
          expect(reassembler.close()).toHaveLength(unfinished);
          expect(reassembler.held).toBe(0);
        },
      ),
    );
  });

  it('a message of 10 MiB that ends early is reported with the bytes received', () => {
    const reassembler = new Reassembler();
    const chunks = [...splitMessage(bytesOf(10 * 1_048_576), 1)];
    for (const chunk of chunks.slice(0, 100)) reassembler.push(chunk);
    expect(reassembler.held).toBe(100 * 16_384);
    expect(reassembler.close()).toEqual([{ received: 100 * 16_384, total: 10 * 1_048_576 }]);
    expect(reassembler.held).toBe(0);
  });
});

describe('a faulty or malicious peer', () => {
  const header = { binary: true, id: 1, index: 0, count: 2, total: 20, crc: 0 };
  const ten = bytesOf(10);
  const chunk = (change: object, body = ten): Uint8Array => writeChunk({ ...header, ...change }, body);

  it.each<[string, Uint8Array[], string]>([
    ['half a header', [chunk({}).slice(0, 20)], 'incomplete header'],
    ['no header', [new Uint8Array(40)], 'incomplete header'],
    ['an index beyond the count', [chunk({ index: 2 })], 'inconsistent header'],
    ['more chunks than bytes', [chunk({ count: 21 })], 'inconsistent header'],
    ['an unknown kind', [chunk({}).fill(7, 4, 5)], 'inconsistent header'],
    ['reserved bytes that are not zero', [chunk({}).fill(7, 6, 7)], 'inconsistent header'],
    ['a message that is too large', [chunk({ total: 2_000, count: 200 })], 'more than maxMessageBytes (1000)'],
    ['a message that does not start with chunk 0', [chunk({ index: 1 })], 'before chunk 0'],
    [
      'a missing chunk',
      [chunk({ count: 3, total: 30 }), chunk({ count: 3, total: 30, index: 2 })],
      'instead of chunk 1',
    ],
    ['a repeated chunk', [chunk({}), chunk({})], 'instead of chunk 1'],
    ['a changed total', [chunk({}), chunk({ index: 1, total: 19 })], 'another message'],
    ['a first chunk that is too small', [chunk({}, bytesOf(9))], 'does not fit its message'],
    ['a last chunk that is too short', [chunk({}), chunk({ index: 1 }, bytesOf(9))], 'has 9 bytes instead of 10'],
    ['an empty chunk in the middle', [chunk({ count: 20 }, new Uint8Array())], 'does not fit its message'],
    ['the wrong checksum', [chunk({}), chunk({ index: 1 })], 'does not match the checksum'],
    [
      'text that is not UTF-8',
      [
        writeChunk(
          { ...header, binary: false, count: 1, total: 1, crc: crc32(new Uint8Array([255])) },
          new Uint8Array([255]),
        ),
      ],
      'not valid UTF-8',
    ],
    ['five messages at a time', [1, 2, 3, 4, 5].map((id) => chunk({ id })), 'while 4 others are incomplete'],
    [
      'more bytes in total than allowed',
      [1, 2, 3].flatMap((id) => [chunk({ id, total: 800, count: 2 }, bytesOf(400))]),
      'exceed maxMessageBytes (1000)',
    ],
  ])('%s: throws a clear error and drops the chunks', (_, chunks, message) => {
    const reassembler = new Reassembler(1_000);
    expect(() => chunks.forEach((one) => reassembler.push(one))).toThrow(message);
    reassembler.close();
    expect(reassembler.held).toBe(0);
  });

  it('any input: returns a message or throws a HoldlineError, and never holds more than maxMessageBytes', () => {
    const number = fc.oneof(fc.nat(5), fc.nat(200), fc.integer({ min: 0, max: 0xffffffff }));
    const made = fc
      .record({ binary: fc.boolean(), id: fc.nat(6), index: number, count: number, total: number, crc: number })
      .chain((head) => fc.uint8Array({ maxLength: 80 }).map((body) => writeChunk(head, body)));
    const honest = fc
      .tuple(fc.uint8Array({ maxLength: 200 }), fc.nat(6), fc.integer({ min: 1, max: 50 }))
      .chain(([bytes, id, size]) => fc.shuffledSubarray([...splitMessage(bytes, id, size)]));
    const frames = fc.array(fc.oneof(fc.uint8Array(), made, honest), { maxLength: 60 });
    fc.assert(
      fc.property(frames, (all) => {
        const reassembler = new Reassembler(150);
        for (const frame of all.flat().filter((one) => one instanceof Uint8Array)) {
          try {
            const got = reassembler.push(frame);
            if (got !== undefined)
              expect(typeof got === 'string' ? utf8.encode(got).length : got.length).toBeLessThanOrEqual(150);
          } catch (error) {
            expect(isHoldlineError(error), String(error)).toBe(true);
          }
          expect(reassembler.held).toBeLessThanOrEqual(150);
          expect(reassembler.held).toBeGreaterThanOrEqual(0);
        }
        reassembler.close();
        expect(reassembler.held).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('a chunk is copied out of the buffer in which it arrived', () => {
    const pool = Buffer.alloc(1_000_000);
    const first = [...splitMessage(ten, 1, 5)][0]!;
    pool.set(first, 500);
    const reassembler = new Reassembler();
    reassembler.push(pool.subarray(500, 500 + first.length));
    pool.fill(0);
    expect(same(reassembler.push([...splitMessage(ten, 1, 5)][1]!), ten)).toBe(true);
    expect(HEADER_BYTES).toBe(28);
  });
});
