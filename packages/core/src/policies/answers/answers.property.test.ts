import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HoldlineConfig, isHoldlineError, type Priority } from '../../index.js';
import { settle } from '../../testing.js';
import { type Native, type Platform, setupPlatform } from './platform.fixture.js';
import type { Answers } from './answers.js';

/** Longest duration of a request in ms. */
const SLOWEST_MS = 100;
const PATHS = ['/u/1', '/u/2', '/u'];

interface Read {
  path: string;
  owner: string;
  from: number;
  /** Newest version that an ended write of the line had made when the call began. */
  atLeast: number;
  mayFail: boolean;
  error?: unknown;
  value?: Native | undefined;
  until?: number;
}

interface ReadAction {
  kind: 'read';
  path: string;
  credential: string;
  tenant: string;
  priority: Priority;
  abortAfterMs: number | undefined;
  totalTimeoutMs: number | undefined;
  canCopy: boolean;
}

interface WriteAction {
  kind: 'write';
  path: string;
  isLost: boolean;
  abortAfterMs: number | undefined;
}

/** A change by another client of the platform. */
interface ChangeAction {
  kind: 'change';
  path: string;
}

interface InvalidateAction {
  kind: 'invalidate';
  path: string;
}

type Action = ReadAction | WriteAction | ChangeAction | InvalidateAction;

interface Run {
  actions: { waitMs: number; what: Action }[];
  replies: { afterMs: number; kind: string }[];
}

// Most actions meet on one path and one owner, so that they overlap.
const path = fc.constantFrom(...PATHS, '/u/1', '/u/1', '/u/1');
const abortAfterMs = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: SLOWEST_MS }) },
);
const readOf = fc.record<ReadAction>({
  kind: fc.constant('read'),
  path,
  credential: fc.constantFrom('a', 'a', 'a', 'b'),
  tenant: fc.constantFrom('x', 'x', 'x', 'y'),
  priority: fc.constantFrom('normal', 'normal', 'high', 'background'),
  abortAfterMs,
  totalTimeoutMs: fc.oneof(
    { weight: 5, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: SLOWEST_MS }) },
  ),
  canCopy: fc.boolean(),
});
const writeOf = fc.record<WriteAction>({ kind: fc.constant('write'), path, isLost: fc.boolean(), abortAfterMs });
const changeOf = fc.record<ChangeAction>({ kind: fc.constant('change'), path });
const invalidateOf = fc.record<InvalidateAction>({ kind: fc.constant('invalidate'), path });
const action = fc.record({
  waitMs: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(0, 60, 60, 300)),
  what: fc.oneof<fc.WeightedArbitrary<Action>[]>(
    { weight: 10, arbitrary: readOf },
    { weight: 4, arbitrary: writeOf },
    { weight: 1, arbitrary: changeOf },
    { weight: 1, arbitrary: invalidateOf },
  ),
});
const reply = fc.record({
  afterMs: fc.constantFrom(0, 20, SLOWEST_MS, SLOWEST_MS),
  kind: fc.constantFrom('ok', 'ok', 'ok', 'ok', 'ok', 'ok', '404', 'reset', '429'),
});
const run = fc.record<Run>({
  actions: fc.array(action, { maxLength: 40, size: 'max' }),
  replies: fc.array(reply, { minLength: 1, maxLength: 20, size: 'max' }),
});

/** Plays a run. Returns all reads with their results. */
async function play({ actions, replies }: Run, config: HoldlineConfig): Promise<{ reads: Read[]; platform: Platform }> {
  const { clock, line, platform } = setupPlatform({ breaker: false, ...config });
  platform.reply = ({ request, headers }) => {
    const { afterMs, kind } = replies[platform.arrived.length % replies.length] as Run['replies'][number];
    if (request.startsWith('PUT')) return { afterMs: Math.min(afterMs, 20), isLost: headers['x-lost'] === 'yes' };
    if (kind === 'reset') return 'reset';
    if (kind === '404') return { status: 404, threw: true, afterMs };
    if (kind === '429') return { status: 429, threw: true, afterMs, headers: { 'retry-after': '1' } };
    return {
      afterMs,
      late: (version) => {
        const etag = `"${version}"`;
        const owner = `${headers.authorization} ${headers['x-org']}`;
        if (headers['if-none-match'] === etag) return { status: 304, threw: true, headers: { etag } };
        return { headers: { etag }, body: `${owner} ${version}` };
      },
    };
  };
  const reads: Read[] = [];
  const floors = new Map<string, number>();
  const abortAfter = (ms: number | undefined): AbortSignal | undefined => {
    if (ms === undefined) return undefined;
    const controller = new AbortController();
    clock.setTimer(ms, () => controller.abort(new Error('aborted')));
    return controller.signal;
  };
  const ends: Promise<unknown>[] = [];
  for (const { waitMs, what } of actions) {
    await clock.advance(waitMs);
    if (what.kind === 'change') platform.change(what.path);
    else if (what.kind === 'invalidate') {
      line.invalidate(what.path);
      floors.set(what.path, platform.version(what.path));
    } else if (what.kind === 'write') {
      const signal = abortAfter(what.abortAfterMs);
      const headers = { 'x-lost': what.isLost ? 'yes' : 'no' };
      const before = platform.arrived.length;
      const call = line.run(platform.request({ method: 'PUT', url: what.path, headers, ...(signal && { signal }) }));
      const end = (): void => {
        if (platform.arrived.length > before) floors.set(what.path, platform.version(what.path));
      };
      ends.push(call.then(end, end));
    } else {
      const signal = abortAfter(what.abortAfterMs);
      const { credential, tenant, priority, totalTimeoutMs } = what;
      const context = { tenant, priority, ...(totalTimeoutMs !== undefined && { totalTimeoutMs }) };
      const read: Read = {
        path: what.path,
        owner: `${credential} ${tenant}`,
        from: clock.now(),
        atLeast: floors.get(what.path) ?? 1,
        mayFail: signal !== undefined || totalTimeoutMs !== undefined,
      };
      reads.push(read);
      const headers = { authorization: credential, 'x-org': tenant };
      const lacks = what.canCopy ? [] : (['copy'] as const);
      const call = line.run(platform.request({ url: what.path, headers, context, lacks, ...(signal && { signal }) }));
      ends.push(
        call.then(
          (value) => Object.assign(read, { value, until: clock.now() }),
          (error: unknown) => Object.assign(read, { error, until: clock.now() }),
        ),
      );
    }
    await settle();
    const { cache } = line.snapshot().answers;
    expect(cache?.entries).toBeLessThanOrEqual(3);
    expect(cache?.bytes).toBeLessThanOrEqual(2_500);
  }
  await clock.run();
  await Promise.all(ends);
  const { flights } = (line as unknown as { answers: Answers }).answers;
  expect([line.snapshot().calls, clock.pending, flights.size]).toEqual([0, 0, 0]);
  return { reads, platform };
}

/** Checks the result of each read: whose it is, how old it is, and that an error is its own. */
function check({ reads, platform }: { reads: Read[]; platform: Platform }, maxAgeMs: number): void {
  for (const read of reads) {
    const { value, error, until = Infinity } = read;
    if (value === undefined) {
      const native = (error as Native).status ?? (error as { code?: string }).code;
      const isNative = [404, 429, 'ECONNRESET'].includes(native as never);
      if (!isNative) expect(read).toMatchObject({ mayFail: true });
      if (isHoldlineError(error)) expect(error.code).toBe('HOLDLINE_DEADLINE');
      continue;
    }
    const [credential, tenant, version] = String(value.body).split(' ');
    expect(`${credential} ${tenant}`).toBe(read.owner);
    expect(Number(version)).toBeGreaterThanOrEqual(read.atLeast);
    expect(Number(version)).toBeGreaterThanOrEqual(platform.versionBefore(read.path, read.from - maxAgeMs));
    expect(Number(version)).toBeLessThanOrEqual(platform.versionBefore(read.path, until + 1));
  }
}

const LIMITS = { maxEntries: 3, maxBytes: 2_500 };

describe('each read gets an answer of its own credential and tenant, no older than', () => {
  it('one request and the last write of the line, with coalescing', async () => {
    await fc.assert(fc.asyncProperty(run, async (given) => check(await play(given, { coalesce: true }), SLOWEST_MS)));
  });

  it('its ttl, one request and the last write of the line, with a cache', async () => {
    const config = { endpoints: { 'GET /**': { cache: { ttlMs: 150, ...LIMITS } } } };
    await fc.assert(fc.asyncProperty(run, async (given) => check(await play(given, config), 150 + SLOWEST_MS)));
  });

  it('its ttl, the longest use of a stale answer, one request and the last write of the line', async () => {
    const cache = { ttlMs: 100, staleWhileRevalidateMs: 200, staleIfThrottledMs: 400, ...LIMITS };
    const config = { endpoints: { 'GET /**': { cache } } };
    await fc.assert(fc.asyncProperty(run, async (given) => check(await play(given, config), 500 + SLOWEST_MS)));
  });

  it('its ttl, one request and the last write of the line, with a cache that does not coalesce', async () => {
    const config = { endpoints: { 'GET /**': { coalesce: false, cache: { ttlMs: 150, ...LIMITS } } } };
    await fc.assert(fc.asyncProperty(run, async (given) => check(await play(given, config), 150 + SLOWEST_MS)));
  });
});
