import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { logLines, startGateway, tokenOf } from './gateway-nginx-support.js';
import { simulate, times } from './support.js';

const QUOTA = { limit: 300, windowMs: 6_000 };
/** Windows that are measured. */
const WINDOWS = 3;

/** Starts processes with a line each, and waits until the platform has seen the measured windows. Returns the used part of the quota. */
async function measure(processes: number): Promise<{ used: number; refused: number; refusedByGateway: number }> {
  const limits = [{ name: 'token', per: 'token', ...QUOTA, enforcement: 'fixed' } as const];
  const simulator = await simulate({ limits });
  const gateway = await startGateway({ governor: { quotas: [QUOTA] } }, simulator, {
    refusals: 'genesys',
    // Almost the whole quota as an even rate, and a wait as long as two windows. Gateway and platform are on one machine.
    burstShare: 0.001,
    jitterMs: 30,
    maxWaitMs: 2 * QUOTA.windowMs,
  });
  const token = await tokenOf(simulator);
  simulator.resetStats();

  let first = 0;
  let used = 0;
  const measured = new Promise<void>((resolve) => {
    simulator.onRequest(({ at }) => {
      if (first === 0) first = at;
      if (at - first < WINDOWS * QUOTA.windowMs) used++;
      else resolve();
    });
  });
  const member = { url: `${gateway.url}/api/v2/users/me`, token, quota: QUOTA, calls: QUOTA.limit + 100 };
  const members = times(processes, () => startMember(member));
  await measured;
  const { refused } = simulator.stats();
  const refusedByGateway = logLines(gateway).filter(({ limit }) => limit === 'REJECTED').length;
  await Promise.all(members.map(endMember));
  return { used: used / (WINDOWS * QUOTA.limit), refused, refusedByGateway };
}

function startMember(options: object): ChildProcess {
  const member = fork(join(import.meta.dirname, 'gateway-nginx-member.mjs'), [JSON.stringify(options)]);
  onTestFinished(() => endMember(member));
  return member;
}

async function endMember(member: ChildProcess): Promise<void> {
  if (member.exitCode !== null || member.signalCode !== null) return;
  const ended = once(member, 'exit');
  member.kill('SIGKILL');
  await ended;
}

test.each([
  ['one process', 1],
  ['three processes that know nothing of each other', 3],
])('%s and the gateway together reach 0.99 of the quota, and the platform refuses nothing', async (_, processes) => {
  const { used, refused, refusedByGateway } = await measure(processes);
  expect(refused).toBe(0);
  expect(used).toBeGreaterThanOrEqual(0.99);
  // One process paces itself. The sum of three is above the quota, and the gateway keeps it below.
  if (processes === 1) expect(refusedByGateway).toBe(0);
  else expect(refusedByGateway).toBeGreaterThan(0);
});
