import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startProxy, startRedis } from '@holdline/test-servers';
import { expect, onTestFinished, test } from 'vitest';
import { signIn, startStreamingSimulator } from './streaming-support.js';

const script = fileURLToPath(new URL('shutdown-member.mjs', import.meta.url));
/** The bound that `close()` promises, and what a busy machine may add until the process is gone. */
const BOUND_MS = 5_000;
const GRACE_MS = 5_000;

/** A process that works until it is told to end. */
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

  /** Tells it to end, and waits for that: how long close() took, and how long it was there. */
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

// Issue 13, "shutdown under outage": 20 to 82 s before. Measured: gone after 4.0 s (axios, feed), 2.0 s (streaming), 4.0 s (Redis). The timers of
// 15 s of the streaming SDK, which it never clears, are left out: they keep Node whatever is guarded.
test.for(['axios', 'fetch', 'feed', 'streaming'])(
  '%s, and a platform that died: the process ends by itself',
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

test.for(['killed', 'silent'] as const)('a Redis that is %s: the process ends by itself', async (how) => {
  const server = await startRedis();
  const member = new Member('redis', { url: server.url, token: 'http://api.invalid' });
  await member.hears('ready');
  if (how === 'killed') await server.kill();
  else server.signal('SIGSTOP');
  await member.works();
  expectBounded(await member.ends());
});
