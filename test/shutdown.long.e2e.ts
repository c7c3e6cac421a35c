import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startProxy, startRedis } from '@holdline/test-servers';
import { expect, onTestFinished, test } from 'vitest';
import { signIn, startStreamingSimulator } from './streaming-support.js';

const script = fileURLToPath(new URL('shutdown-member.mjs', import.meta.url));
/** The documented bound of `close()`, and the extra time that a busy machine may need until the process ends. */
const BOUND_MS = 5_000;
const GRACE_MS = 5_000;

/** A child process that works until the test ends it. */
class Member {
  readonly child: ChildProcess;
  #output = '';

  constructor(scenario: string, settings: object) {
    this.child = fork(script, [scenario, JSON.stringify(settings)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    this.child.stdout?.on('data', (chunk) => (this.#output += String(chunk)));
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  async hears(message: string): Promise<void> {
    const [heard] = (await once(this.child, 'message')) as [unknown];
    expect(heard).toBe(message);
  }

  async works(): Promise<void> {
    const heard = this.hears('works');
    this.child.send('work');
    await heard;
  }

  /** Ends the process and returns the duration of close() and the time until the process is gone. */
  async ends(): Promise<{ closedAfterMs: number; goneAfterMs: number; code: number | null }> {
    const from = performance.now();
    const exit = once(this.child, 'exit') as Promise<[number | null]>;
    this.child.send('close');
    const [code] = await exit;
    const goneAfterMs = Math.round(performance.now() - from);
    const { closedAfterMs } = JSON.parse(this.#output || '{}') as { closedAfterMs: number };
    return { closedAfterMs, goneAfterMs, code };
  }
}

function expectBounded(end: Awaited<ReturnType<Member['ends']>>): void {
  expect(end.code).toBe(0);
  expect(end.closedAfterMs).toBeLessThanOrEqual(BOUND_MS + GRACE_MS);
  expect(end.goneAfterMs).toBeLessThanOrEqual(BOUND_MS + GRACE_MS);
}

// Issue 13, "shutdown under outage": 20 to 82 s before. Measured: gone after 4.0 s (axios, feed), 2.0 s (streaming), 4.0 s (Redis).
// The test disables timers of 15 s that the streaming SDK never clears, because these keep Node alive without Holdline too.
test.for(['axios', 'fetch', 'feed', 'streaming'])(
  '%s: the process ends by itself after the platform dies',
  async (scenario) => {
    const simulator = await startStreamingSimulator();
    const proxy = await startProxy(Number(new URL(simulator.url).port));
    const token = await signIn(simulator, 'alice');
    const member = new Member(scenario, { url: `http://127.0.0.1:${proxy.port}`, token });
    await member.hears('ready');
    proxy.cut();
    await member.works();
    expectBounded(await member.ends());
  },
);

test.for(['killed', 'silent'] as const)('Redis %s: the process ends by itself', async (how) => {
  const server = await startRedis();
  const member = new Member('redis', { url: server.url, token: 'http://api.invalid' });
  await member.hears('ready');
  if (how === 'killed') await server.kill();
  else server.signal('SIGSTOP');
  await member.works();
  expectBounded(await member.ends());
});
