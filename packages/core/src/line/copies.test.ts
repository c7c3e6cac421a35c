import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type * as Core from '../index.js';

/** Two copies of this package in one process, such as the ESM and the CommonJS build, or two versions. */
describe('two copies of this package', () => {
  let a: typeof Core;
  let b: typeof Core;

  beforeAll(async () => {
    vi.resetModules();
    a = await import('../index.js');
    vi.resetModules();
    b = await import('../index.js');
  });
  afterAll(() => void vi.resetModules());

  interface Client {
    get(url: string): Promise<unknown>;
  }

  const guard = (core: typeof Core, kind: 'ok' | 'reset' | 401): ReturnType<typeof Core.defineAdapter<Client>> =>
    core.defineAdapter<Client>({
      name: 'guardClient',
      attach(client, line) {
        const native = client.get;
        client.get = (url) =>
          line.run({
            method: 'POST',
            url,
            headers: { get: () => undefined, set: () => undefined },
            replayable: true,
            ownOrigin: 'https://api.test',
            send: async () =>
              kind === 'reset'
                ? core.failed(new Error('reset'), 'unknown')
                : core.answered(await native(url), { status: kind === 'ok' ? 200 : kind, header: () => undefined }),
          });
        return () => {
          client.get = native;
        };
      },
    });
  const client = (): Client => ({ get: (url) => Promise.resolve({ url }) });

  it('both read the answer of an error of either copy (issue 13, d-post-503)', () => {
    const response = { status: 503, data: 'maintenance' };
    const error: unknown = new a.OutcomeUnknownError('x', { cause: new Error('503'), response });
    for (const core of [a, b]) expect(core.isHoldlineError(error) && error.response).toBe(response);
  });

  it('both recognise and reveal a secret of either copy', () => {
    const value = a.secret('PLANTED-SECRET');
    expect(b.isSecret(value)).toBe(true);
    expect(b.reveal(value)).toBe('PLANTED-SECRET');
  });

  it('have different classes', () => {
    expect(a.HoldlineError).not.toBe(b.HoldlineError);
  });

  it('share lines and adapters, and both know the client, the call and the guard', async () => {
    const line = a.createHoldline({ retry: false });
    expect(b.isHoldline(line)).toBe(true);
    const guarded = guard(b, 'ok')(client(), line);
    expect(a.holdlineOf(guarded)).toBe(line);
    const result = await guarded.get('https://api.test/x');
    for (const core of [a, b]) expect(core.callInfo(result)).toMatchObject({ route: 'POST /x', attempts: 1 });
    expect(guard(a, 'ok')(guarded)).toBe(guarded);
    const native = Object.keys(guarded).length;
    a.release(guarded);
    expect([b.holdlineOf(guarded), Object.keys(guarded).length]).toEqual([undefined, native]);
  });

  it("recognise each other's errors, also as a cause", async () => {
    const guarded = guard(b, 'reset')(client(), a.createHoldline());
    const error: unknown = await guarded.get('https://api.test/x').catch((thrown: unknown) => thrown);
    expect([a.isHoldlineError(error), b.isHoldlineError(error)]).toEqual([true, true]);
    expect(error).not.toBeInstanceOf(b.HoldlineError);
    expect(b.callInfo(error)).toMatchObject({ attempts: 1 });
    expect(new b.OutcomeUnknownError('x', { cause: error }).cause).toBe(error);
  });

  it("read each other's GrantError", async () => {
    let grants = 0;
    const line = a.createHoldline({
      retry: false,
      token: {
        grant: () => {
          if (++grants === 1) throw new b.GrantError('busy', { retryable: true, retryAfterMs: 1 });
          return Promise.resolve({ accessToken: 'x' });
        },
      },
    });
    const guarded = guard(b, 'ok')(client(), line);
    await guarded.get('https://api.test/x');
    expect(grants).toBe(2);
  });

  it('report their new lines to the tools of either copy, until a tool stops', () => {
    const seen: [core: string, line: unknown][] = [];
    const stops = [a, b].map((core, i) => core.onNewLine((line) => void seen.push(['ab'[i] as string, line])));
    const lines = [a.createHoldline(), b.createHoldline()];
    expect(seen).toEqual(
      lines.flatMap((line) => [
        ['a', line],
        ['b', line],
      ]),
    );
    stops[0]?.();
    const last = a.createHoldline();
    expect(seen.slice(4)).toEqual([['b', last]]);
    stops[1]?.();
    b.createHoldline();
    expect(seen).toHaveLength(5);
  });

  it('share the context of a call', async () => {
    const seen: unknown[] = [];
    const line = a.createHoldline().use({
      name: 'look',
      phase: 'observe',
      create: () => (call, next) => (seen.push(call.tenant), next(call)),
    });
    const guarded = guard(b, 'ok')(client(), line);
    await b.withCall({ tenant: 'acme' }, async () => {
      await Promise.resolve();
      await guarded.get('https://api.test/x');
    });
    expect(seen).toEqual(['acme']);
  });
});
