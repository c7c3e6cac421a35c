import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { WireEntry } from '@holdline/simulator';
import { startRedis } from '@holdline/test-servers';
import { expect, onTestFinished, test } from 'vitest';
import { mostInWindow, sleep, until } from './support.js';

const LIMIT = 60;
const WINDOW_MS = 1_000;
/** Allows for different process clocks on one machine and for the delay of a message. */
const SKEW_MS = 5;

const script = fileURLToPath(new URL('fleet-member.mjs', import.meta.url));

/** A child process of the fleet. */
class Member {
  readonly sent: number[] = [];
  readonly events: string[] = [];
  readonly child: ChildProcess;

  constructor(url: string) {
    this.child = fork(script, [JSON.stringify({ url, limit: LIMIT, windowMs: WINDOW_MS })]);
    this.child.on('message', ({ sentAt, event }: { sentAt?: number; event?: string }) => {
      if (sentAt !== undefined) this.sent.push(sentAt);
      if (event !== undefined) this.events.push(event);
    });
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  sentSince(at: number): number {
    return this.sent.filter((one) => one >= at).length;
  }

  async stop(): Promise<number | null> {
    const ended = once(this.child, 'exit') as Promise<[number | null]>;
    this.child.send('stop');
    const [code] = await ended;
    return code;
  }
}

const now = (): number => performance.timeOrigin + performance.now();
const countMost = (members: Member[], from = -Infinity): number =>
  mostInWindow(
    members.flatMap(({ sent }) => sent.filter((at) => at >= from).map((at) => ({ at }) as WireEntry)),
    WINDOW_MS - SKEW_MS,
  );

async function startFleet(processes: number): Promise<Member[]> {
  const redis = await startRedis();
  const members = Array.from({ length: processes }, () => new Member(redis.url));
  await until(() => members.every(({ sent }) => sent.length >= 10));
  return members;
}

// SGrondin/bottleneck#194: the slots of a dead client stayed in use for hours.
test('the other processes use the permits of a killed process, and the quota holds', async () => {
  const members = await startFleet(3);
  await sleep(2_000);
  members[0]?.child.kill('SIGKILL');
  // Its permits are free again after their validity, the grace period and the window.
  await sleep(250 + 1_000 + WINDOW_MS);
  const from = now();
  await sleep(4_000);
  const sent = members.slice(1).reduce((sum, member) => sum + member.sentSince(from), 0);
  expect(sent).toBeGreaterThanOrEqual(3 * LIMIT);
  expect(countMost(members)).toBeLessThanOrEqual(LIMIT);
  for (const member of members.slice(1)) {
    expect(await member.stop()).toBe(0);
    expect(member.events).toEqual([]);
  }
});

test('a process paused for 15 s continues by itself and spends no expired permit', async () => {
  const members = await startFleet(2);
  await sleep(1_000);
  const [frozen] = members as [Member, Member];
  frozen.child.kill('SIGSTOP');
  await sleep(15_000);
  const from = now();
  frozen.child.kill('SIGCONT');
  await sleep(3_000);
  await until(() => members.every((member) => member.sentSince(from + 1_000) > LIMIT / 4));
  // Attempts that were about to send when the process stopped arrive late. No code can prevent this.
  expect(countMost(members)).toBeLessThanOrEqual(LIMIT + 20);
  expect(countMost(members, from + 1_500)).toBeLessThanOrEqual(LIMIT);
  for (const member of members) {
    expect(await member.stop()).toBe(0);
    expect(member.events.filter((event) => event !== 'storeLost' && event !== 'storeBack')).toEqual([]);
  }
});
