import { expect, test } from 'vitest';
import { seededRandom } from '../../testing.js';
import { Chunks } from './chunks.js';
import { Commit } from './commit.js';
import { crc32c } from './crc32c.js';
import { hasLaterFrame, makeFrame, payloadLength } from './frames.js';
import { Operation } from './operations.js';
import { RowTable } from './row-table.js';

test('a table behaves like a map in its order, whatever happens to it', () => {
  const random = seededRandom(5);
  const next = (below: number): number => Math.floor(random.next() * below);
  for (let run = 0; run < 20; run++) {
    const chunks = new Chunks();
    const table = new RowTable('t', 0, chunks);
    const expected = new Map<string, string>();
    let commit = new Commit(1, chunks, undefined);
    for (let step = 0; step < 1_500; step++) {
      // Keys of all lengths, also of several bytes for each character.
      const key = `${'é'.repeat(next(4))}${next(run < 10 ? 40 : 1_000)}`;
      const what = next(10);
      if (what < 6) {
        const isNewest = what < 2;
        const value = `${step}`;
        if (isNewest) expected.delete(key);
        expected.set(key, value);
        table.put(commit.add(isNewest ? Operation.APPEND : Operation.SET, 0, key, value), commit.number, isNewest);
      } else if (what < 9) {
        const bytes = Buffer.from(key);
        expect(table.remove(bytes, 0, bytes.length)).toBe(expected.delete(key));
      } else {
        chunks.release(commit.address);
        commit.seal();
        commit = new Commit(step, chunks, undefined);
      }
      if (step % 100 === 0) {
        const first = expected.keys().next().value;
        table.removeFirst();
        if (first !== undefined) expected.delete(first);
      }
    }
    expect([...table.rows()].map(([key, value]) => [key, value.toString()])).toEqual([...expected]);
    expect(table.size).toBe(expected.size);
    for (const [key, value] of expected) expect(table.read(Buffer.from(key))?.value.toString()).toBe(value);
    // Without rows, no memory is held.
    chunks.release(commit.address);
    while (table.size > 0) table.removeFirst();
    expect(chunks.bytes).toBe(0);
  }
});

test('CRC-32C has the values of RFC 3720, B.4', () => {
  const of = (bytes: Buffer): string => crc32c(bytes, 0, bytes.length).toString(16);
  expect(of(Buffer.alloc(32))).toBe('8a9136aa');
  expect(of(Buffer.alloc(32, 0xff))).toBe('62a8ab43');
  expect(of(Buffer.from(Array.from({ length: 32 }, (_, i) => i)))).toBe('46dd794e');
  expect(of(Buffer.from('123456789'))).toBe('e3069283');
});

test('a frame with any changed byte, or fewer bytes, is none', () => {
  const frame = makeFrame(Buffer.from('a payload'), 3);
  expect(payloadLength(frame, 0, frame.length, 3)).toBe(9);
  expect(payloadLength(frame, 0, frame.length, 4)).toBeUndefined();
  for (let i = 0; i < frame.length; i++) {
    expect(payloadLength(frame, 0, i, 3)).toBeUndefined();
    const changed = Buffer.from(frame);
    changed[i] = (changed[i] as number) ^ 1;
    expect(payloadLength(changed, 0, changed.length, 3)).toBeUndefined();
  }
  // Zeros at the end of a file, as file systems leave them after a crash.
  expect(payloadLength(Buffer.alloc(64), 0, 64, 0)).toBeUndefined();
  expect(hasLaterFrame(Buffer.concat([Buffer.alloc(7, 1), frame]), 2)).toBe(true);
  expect(hasLaterFrame(Buffer.concat([Buffer.alloc(7, 1), frame]), 3)).toBe(false);
});
