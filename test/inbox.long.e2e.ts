// The inbox under a flood of webhooks, with a process that is killed in the middle. Real HTTP, real stores, real child processes.
import { fork, type ChildProcess } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, startRedis } from '@holdline/test-servers';
import type { InboxStatus } from '@holdline/inbox';
import { expect, onTestFinished, test } from 'vitest';
import { sleep, until } from './support.js';

const script = fileURLToPath(new URL('inbox-member.mjs', import.meta.url));
const SECRET = 'open-sesame';
const FLOOD = { events: 10_000, ms: 5_000 };
const QUOTA = { limit: 500, windowMs: 1_000 };
const CONCURRENCY = 50;

type Settings = Record<string, unknown> & { port: number };

/** A child process with an inbox. */
class Member {
  #child: ChildProcess | undefined;

  constructor(readonly settings: Settings) {
    onTestFinished(() => this.kill());
  }

  async start(): Promise<void> {
    const child = fork(script, [JSON.stringify(this.settings)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child = child;
    await once(child, 'message');
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async snapshot(): Promise<InboxStatus> {
    const answer = once(this.#child as ChildProcess, 'message') as Promise<[InboxStatus]>;
    this.#child?.send('snapshot');
    return (await answer)[0];
  }

  async close(): Promise<number | null> {
    const ended = once(this.#child as ChildProcess, 'exit') as Promise<[number | null]>;
    this.#child?.send('close');
    return (await ended)[0];
  }
}

/** A platform that honours idempotency keys. `executed` counts what it really did. */
async function startPlatform(): Promise<{ url: string; executed: Map<string, number>; requests: () => number }> {
  const executed = new Map<string, number>();
  const seen = new Set<string>();
  let requests = 0;
  const server = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk) => (body += String(chunk)));
    incoming.on('end', () => {
      requests++;
      const key = String(incoming.headers['idempotency-key']);
      const { id } = JSON.parse(body) as { id: string };
      if (!seen.has(key)) executed.set(id, (executed.get(id) ?? 0) + 1);
      seen.add(key);
      setTimeout(() => response.end('{}'), 5);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, executed, requests: () => requests };
}

/** What the sender heard about a message. */
type Heard = 'accepted' | 'duplicate' | 'refused' | 'no answer' | `wrong: ${string}`;

/** Sends messages of Genesys Open Messaging, each over a connection that is kept. */
class Sender {
  readonly heard = new Map<string, Heard>();
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 150 });

  constructor(readonly port: number) {
    onTestFinished(() => this.#agent.destroy());
  }

  send(id: string): Promise<Heard> {
    const body = JSON.stringify({ id, channel: { from: { id: `user-${Number(id) % 40}` } }, type: 'Text', text: id });
    const signature = createHmac('sha256', SECRET).update(body).digest('base64');
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'x-hub-signature-256': `sha256=${signature}`,
    };
    return new Promise((resolve) => {
      const end = (heard: Heard): void => {
        this.heard.set(id, heard);
        resolve(heard);
      };
      const options = { agent: this.#agent, port: this.port, host: '127.0.0.1', method: 'POST', headers };
      const sent = request(options, (response) => {
        response.resume();
        response.on('error', () => end('no answer'));
        response.on('end', () => {
          const { statusCode = 0 } = response;
          const retryAfter = Number(response.headers['retry-after']);
          if (statusCode === 202) end('accepted');
          else if (statusCode === 200) end('duplicate');
          else if ((statusCode === 429 || statusCode === 503) && retryAfter > 0) end('refused');
          else end(`wrong: ${statusCode} ${response.headers['retry-after']}`);
        });
      });
      sent.on('error', () => end('no answer'));
      sent.end(body);
    });
  }

  count(what: Heard): number {
    return this.idsOf(what).length;
  }

  idsOf(what: Heard): string[] {
    return [...this.heard].filter(([, heard]) => heard === what).map(([id]) => id);
  }
}

async function placeOf(kind: string): Promise<Record<string, unknown>> {
  if (kind === 'redis') return { redisUrl: (await startRedis()).url };
  const dir = await mkdtemp(join(tmpdir(), 'holdline-inbox-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return { dir };
}

test.for(['redis', 'file'])(
  '%s: 10,000 webhooks in 5 s against 500/s, with two kills: each accepted one takes effect once, each refused one is told so',
  async (kind) => {
    const platform = await startPlatform();
    const port = await freePort();
    const settings = {
      ...(await placeOf(kind)),
      port,
      platform: platform.url,
      secret: SECRET,
      key: randomBytes(32).toString('base64'),
      quota: QUOTA,
      concurrency: CONCURRENCY,
    };
    const member = new Member(settings);
    await member.start();
    const sender = new Sender(port);

    const start = performance.now();
    const kills = [1_500, 3_200].map(async (ms) => {
      await sleep(ms);
      await member.kill();
      await member.start();
    });
    const sent: Promise<Heard>[] = [];
    for (let n = 0; n < FLOOD.events; n++) {
      const dueMs = (n / FLOOD.events) * FLOOD.ms - (performance.now() - start);
      if (dueMs > 0) await sleep(dueMs);
      sent.push(sender.send(String(n)));
    }
    await Promise.all(sent);
    const floodMs = performance.now() - start;
    await Promise.all(kills);

    const accepted = sender.idsOf('accepted');
    const wrong = [...sender.heard.values()].filter((heard) => heard.startsWith('wrong'));
    expect(wrong).toEqual([]);
    expect(accepted.length + sender.count('refused') + sender.count('no answer')).toBe(FLOOD.events);
    expect(sender.count('refused')).toBeGreaterThan(0);
    // The quota of each process holds in each second; a process that starts again has its whole quota.
    expect(accepted.length).toBeLessThanOrEqual(QUOTA.limit * (Math.ceil(floodMs / QUOTA.windowMs) + 1 + kills.length));

    await until(() => accepted.every((id) => platform.executed.has(id)), 'each accepted event takes effect');
    await until(async () => (await member.snapshot()).running === 0, 'no event is handled any more');
    const repeated = [...platform.executed].filter(([, times]) => times !== 1);
    expect(repeated).toEqual([]);
    // Besides accepted events, only events whose sender got no answer may have taken effect.
    const allowed = new Set([...accepted, ...sender.idsOf('no answer')]);
    expect([...platform.executed.keys()].filter((id) => !allowed.has(id))).toEqual([]);
    console.log(
      `${kind}: ${FLOOD.events} sent in ${Math.round(floodMs)} ms: ${accepted.length} accepted, ${sender.count('refused')} refused, ` +
        `${sender.count('no answer')} without an answer; ${platform.executed.size} effects, ${platform.requests()} requests`,
    );

    // A repetition of an accepted event is known, and has no effect.
    const before = platform.requests();
    for (const id of accepted.slice(0, 100)) expect(await sender.send(id)).toMatch(/duplicate|refused/);
    expect(platform.requests()).toBe(before);
    expect(await member.close()).toBe(0);
  },
);
