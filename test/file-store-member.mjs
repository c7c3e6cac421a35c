// A process with a file store, for file-store.long.e2e.ts. It prints what it found and what the store acknowledged, one line each.
import { writeSync } from 'node:fs';
import { fileStore } from '@holdline/core/node';

const [dir, mode, seed] = process.argv.slice(2);
const print = (line) => writeSync(1, `${line}\n`);
const store = fileStore({ dir, compactAfterBytes: 20_000 });
try {
  await store.ready();
} catch (error) {
  print(`refused ${error.name} ${error.message}`);
  process.exit(0);
}
const KEYS = Array.from({ length: 12 }, (_, i) => `step ${i}`);

/** An entry whose parts all show its number. */
const entryOf = (n) => ({
  key: `key ${n}`,
  payloadDigest: String(n).repeat(1 + (n % 20)),
  payloadBytes: n,
  issuedAt: n,
  generation: 0,
  attempts: n,
  state: 'started',
});

const found = await Promise.all(
  KEYS.map(async (step) => {
    const entry = await store.journal.get(step);
    if (entry && JSON.stringify(entry) !== JSON.stringify(entryOf(entry.attempts))) return 'torn';
    return entry?.attempts ?? null;
  }),
);
print(`found ${JSON.stringify(found)}`);

if (mode === 'write') {
  // Numbers grow over all processes: each process starts with another seed.
  let n = Number(seed) * 1_000_000;
  const writer = async () => {
    for (;;) {
      const own = ++n;
      const key = own % KEYS.length;
      const isDeleted = own % 5 === 0;
      if (isDeleted) print(`deletes ${key} ${own}`);
      await (isDeleted ? store.journal.delete(KEYS[key]) : store.journal.put(KEYS[key], entryOf(own)));
      print(`done ${key} ${own} ${isDeleted}`);
    }
  };
  await Promise.all([writer(), writer(), writer()]);
}
process.on('message', async () => {
  await store.close();
  process.exit(0);
});
