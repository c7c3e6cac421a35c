import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** Memory of the process that reads. `readFlow` documents this bound for the default of `maxBytes`. */
const MEMORY_MB = 512;
/** On two idle cores each file takes less than five seconds. The bound allows for a busy machine. */
const TIMEOUT_MS = 90_000;
const MEMBER = `${import.meta.dirname}/architect-hostile-member.mjs`;

interface Result {
  code?: string;
  message?: string;
  actions?: number;
  reachable?: number;
  cycles?: number;
  worst?: string;
  ms: number;
  polluted?: unknown;
}

async function read(...args: string[]): Promise<Result> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [`--max-old-space-size=${MEMORY_MB}`, MEMBER, ...args],
    { cwd: import.meta.dirname, timeout: TIMEOUT_MS },
  );
  return JSON.parse(stdout) as Result;
}

/** What each file gives: a code and a part of the message, or what is read. */
const EXPECTED: Record<string, readonly [code: string, message: string] | Partial<Result>> = {
  '100 MB of base64': ['TOO_LARGE', 'hostile: the file has 100,000,000 characters, maxBytes allows 8,388,608'],
  '8 MB of base64': ['SYNTAX', 'hostile: the export has no JSON'],
  '50 MB of YAML': ['TOO_LARGE', 'maxBytes allows 8,388,608'],
  '8 MB of YAML': ['TOO_LARGE', 'the YAML has more than 500,000 tokens'],
  '8 MB of one text': { actions: 0 },
  '8 MB of lines of one text': ['NOT_A_FLOW', 'hostile:1:1: this is no flow'],
  '8 MB of short items': ['TOO_LARGE', 'the YAML has more than 500,000 tokens'],
  '8 MB of empty lists in JSON': ['SHAPE', 'flowSequenceItemList: expected objects, got a list'],
  '400,000 errors': ['SYNTAX', 'hostile:1:1: the YAML has an error'],
  '100,000 documents': ['SYNTAX', 'a second document follows'],
  '50,000 anchors and aliases': { actions: 0 },
  'aliases that double forty times': ['TOO_LARGE', 'hostile:'],
  'lists that double forty times': { actions: 0 },
  'an alias inside of itself': ['TOO_DEEP', 'more than 200 actions are inside each other'],
  '100,000 lists inside each other in JSON': ['TOO_DEEP', 'the YAML is nested too deeply'],
  '100,000 objects inside each other in an export': ['NOT_A_FLOW', 'the export has no flowSequenceItemList'],
  '100,000 lists inside each other in an action': ['TOO_DEEP', 'more than 200 values are inside each other'],
  '100,000 mappings inside each other in YAML': ['TOO_LARGE', 'the YAML has more than 500,000 tokens'],
  '100,000 lists inside each other in YAML': ['TOO_DEEP', 'the YAML is nested too deeply'],
  '3,000 indents in YAML': ['TOO_DEEP', 'the YAML is nested too deeply'],
  '100,000 actions inside each other': ['TOO_DEEP', 'more than 200 actions are inside each other'],
  '100,000 actions after each other': { actions: 100_000, reachable: 100_000, worst: '100000' },
  '100,001 actions': ['TOO_LARGE', 'the flow has more than 100,000 actions'],
  'a circle of 50,000 actions': { actions: 50_000, cycles: 1, worst: 'Infinity' },
  '20,000 decisions that lead to the same next one': { actions: 20_000, cycles: 0, worst: '20000' },
  '20,000 tasks that call each other': { actions: 20_000, cycles: 1, worst: 'Infinity' },
  'an id that is missing': ['MISSING_ID', 'hostile (Sequence › Action "Wait"): id: missing'],
  'an id that is there twice': ['DUPLICATE_ID', 'hostile (Sequence): the id "0" is there twice'],
  'numbers, lists and null everywhere': { actions: 1 },
  'a link that is a number': ['SHAPE', 'nextAction: expected an id, got number'],
  'a NUL character': ['ENCODING', 'hostile:6:28: the file has a NUL character'],
  'invalid UTF-8': ['ENCODING', 'hostile:1:11: the file is no UTF-8 text'],
  'invalid percent-encoding': ['ENCODING', 'the base64 of the export has no percent-encoded text'],
  'keys of the prototype': { actions: 1 },
  'an empty file': ['NOT_A_FLOW', 'hostile: the file is empty'],
};

it('every hostile file of the member has an expectation', async () => {
  expect(await read()).toEqual(Object.keys(EXPECTED));
});

it.each(Object.entries(EXPECTED))('%s: a clear result in bounded time and memory', async (name, expected) => {
  const result = await read(name);
  expect(result.polluted).toBeUndefined();
  if (!Array.isArray(expected)) {
    expect(result).toMatchObject(expected);
    return;
  }
  const [code, message] = expected as readonly [string, string];
  expect(result.code).toBe(code);
  expect(result.message).toContain(message);
});

it('a larger maxBytes lets a larger file through to the other bounds', async () => {
  const result = await read('50 MB of YAML', '100000000');
  expect(result).toMatchObject({ code: 'TOO_LARGE', message: expect.stringContaining('500,000 tokens') as string });
});
