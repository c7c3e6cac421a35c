import { describe, expect, test } from 'vitest';
import { createHoldline, type Holdline, type HoldlineConfig, identityOf, memoryStore } from '../../index.js';
import { originOf } from '../../http/url.js';
import { type Store } from '../../contract/store.js';
import { seededRandom, VirtualClock } from '../../testing.js';
import { Wire } from '../../line/transport.fixture.js';

const key = new Uint8Array(32).fill(7);
const API = 'https://api.test';

/** A client with its own headers, such as an axios instance. */
class Client {
  constructor(
    readonly line: Holdline,
    readonly wire: Wire,
    public headers: Record<string, string> = {},
    readonly more: object = {},
  ) {
    line.deadLetters.sendBy(
      'axios',
      {
        serves: (url) => originOf(url) === API,
        request: (letter) => ({ headers: Object.entries({ ...this.headers, ...letter.headers }), ...this.more }),
        send: ({ method, url, headers }) => this.call(method, url, headers),
      },
      this,
    );
  }

  call(method: string, url: string, headers: Record<string, string> = {}, tenant?: string): Promise<unknown> {
    const sent = { ...this.headers, ...headers };
    return this.line.run({
      ...this.wire.request({ method, url, headers: sent, payload: '{}' }),
      ...this.more,
      client: 'axios',
      owner: this,
      letter: () => ({ url, headers: Object.entries(sent), body: '{}' }),
      ...(tenant !== undefined && { context: { tenant } }),
    });
  }
}

interface World {
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly wire: Wire;
  isDown: boolean;
  line(config?: HoldlineConfig): Holdline;
  /** Makes a write that fails. */
  lose(client: Client, headers?: Record<string, string>, tenant?: string): Promise<void>;
  /** Replays the letters. Returns the Authorization headers that were sent, and the results. */
  replay(line: Holdline, options?: object): Promise<{ sent: (string | undefined)[]; results: (string | undefined)[] }>;
}

function world(salt?: string): World {
  const clock = new VirtualClock();
  const store = { ...memoryStore({ clock }), salt };
  const it: World = {
    clock,
    store,
    wire: new Wire(clock, () => (it.isDown ? 503 : 200)),
    isDown: false,
    line: (config = {}) =>
      createHoldline({
        clock,
        random: seededRandom(Math.floor(Math.random() * 1_000)),
        store,
        deadLetters: { key },
        retry: { maxAttempts: 1 },
        breaker: false,
        ...config,
      }),
    async lose(client, headers, tenant) {
      it.isDown = true;
      client.call('PUT', `${API}/orders`, headers, tenant).catch(() => undefined);
      await clock.advance(1_000);
      await client.line.drain();
      it.isDown = false;
      it.wire.sent.length = 0;
    },
    async replay(line, options) {
      it.wire.sent.length = 0;
      let report: Awaited<ReturnType<Holdline['deadLetters']['replay']>> | undefined;
      line.deadLetters.replay({ confirm: () => true, ...options }).then(
        (done) => (report = done),
        () => undefined,
      );
      // WebCrypto runs in real time.
      while (!report) await clock.advance(100);
      return { sent: it.wire.header('authorization'), results: report?.letters.map(({ result }) => result) ?? [] };
    },
  };
  return it;
}

const of = (who: string): Record<string, string> => ({ Authorization: `Bearer of-${who}` });

describe('a letter is sent only with its own credential (issue 13, a06)', () => {
  test('by the client of its call, even if other clients came later', async () => {
    const it = world();
    const line = it.line();
    const acme = new Client(line, it.wire, of('acme'));
    new Client(line, it.wire, of('beta'));
    await it.lose(acme, {}, 'acme');
    expect(await it.replay(line)).toEqual({ sent: ['Bearer of-acme'], results: ['replayed'] });
  });

  test('by the client of its call, even if its token has changed', async () => {
    const it = world();
    const line = it.line();
    const acme = new Client(line, it.wire, of('acme'));
    new Client(line, it.wire, of('beta'));
    await it.lose(acme);
    acme.headers = of('acme-2');
    expect(await it.replay(line)).toEqual({ sent: ['Bearer of-acme-2'], results: ['replayed'] });
  });

  test('by another line on the same store in the same process, even without a salt', async () => {
    const it = world();
    await it.lose(new Client(it.line(), it.wire, of('acme')));
    const line = it.line();
    for (const who of ['acme', 'beta']) new Client(line, it.wire, of(who));
    expect(await it.replay(line)).toEqual({ sent: ['Bearer of-acme'], results: ['replayed'] });
  });

  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['another token', of('acme'), of('beta')],
    ['an API key', { 'X-Api-Key': 'acme' }, { 'X-Api-Key': 'beta' }],
    ['a cookie', { Cookie: 'session=acme' }, { Cookie: 'session=beta' }],
    ['no credential', of('acme'), {}],
    ['a credential where it had none', {}, of('beta')],
  ])('after a restart it waits for a client with its credential: %s', async (_, own, other) => {
    const it = world('salt');
    await it.lose(new Client(it.line(), it.wire, own));
    const line = it.line();
    new Client(line, it.wire, other);
    const waiting: (string | undefined)[] = [];
    line.on('deadLetter', ({ what, message }) => what === 'waiting' && waiting.push(message));
    expect(await it.replay(line)).toEqual({ sent: [], results: ['no client'] });
    const why = 'a client with the credential of the letter: the client has another one';
    expect(waiting).toEqual([why]);
    const [letter] = (await line.deadLetters.list()).letters;
    expect(letter?.waitsFor).toBe(why);
    expect(JSON.stringify(letter)).not.toMatch(/of-acme|session=/);
    // The client with the credential comes later.
    const late = new Client(line, it.wire, own);
    expect((await line.deadLetters.list()).letters[0]?.waitsFor).toBeUndefined();
    expect(await it.replay(line)).toEqual({ sent: [late.headers['Authorization']], results: ['replayed'] });
  });

  test('of two clients of one tenant, by the one with its credential', async () => {
    const it = world('salt');
    const line = it.line();
    const [reader, writer] = [of('acme-reader'), of('acme-writer')].map((own) => new Client(line, it.wire, own));
    await it.lose(writer as Client, {}, 'acme');
    await it.lose(reader as Client, {}, 'acme');
    const again = it.line();
    for (const own of [of('acme-writer'), of('acme-reader')]) new Client(again, it.wire, own);
    expect((await it.replay(again)).sent.sort()).toEqual(['Bearer of-acme-reader', 'Bearer of-acme-writer']);
  });

  test('a letter whose call had its own credential waits until `complete` supplies it', async () => {
    const it = world();
    const line = it.line();
    const client = new Client(line, it.wire, of('default'));
    await it.lose(client, of('acme'));
    expect(await it.replay(line)).toEqual({ sent: [], results: ['no client'] });
    const complete = (): object => ({ headers: of('acme') });
    expect(await it.replay(line, { complete })).toEqual({ sent: ['Bearer of-acme'], results: ['replayed'] });
  });

  test('without a credential, by a client of its tenant', async () => {
    const it = world();
    const line = it.line();
    // Each client has an agent with its own certificate, which the line cannot see.
    const [acme, beta] = [new Client(line, it.wire, { 'X-By': 'acme' }), new Client(line, it.wire, { 'X-By': 'beta' })];
    await beta.call('GET', `${API}/a`, {}, 'beta');
    await it.lose(acme, {}, 'acme');
    await it.replay(line);
    expect(it.wire.header('x-by')).toEqual(['acme']);
    await it.lose(acme, {}, 'acme');
    const other = it.line();
    const stranger = new Client(other, it.wire, { 'X-By': 'beta' });
    await stranger.call('GET', `${API}/a`, {}, 'beta');
    expect(await it.replay(other)).toEqual({ sent: [], results: ['no client'] });
    expect((await other.deadLetters.list()).letters[0]?.waitsFor).toMatch(/^a client of tenant 'acme'/);
    await stranger.call('GET', `${API}/a`, {}, 'acme');
    expect((await it.replay(other)).results).toEqual(['replayed']);
  });

  test('by the client that the user chooses', async () => {
    const it = world('salt');
    await it.lose(new Client(it.line(), it.wire, of('acme')), {}, 'acme');
    const line = it.line();
    const clients = {
      acme: new Client(line, it.wire, of('acme-renewed')),
      beta: new Client(line, it.wire, of('beta')),
    };
    expect((await it.replay(line)).results).toEqual(['no client']);
    const client = ({ tenant }: { tenant: keyof typeof clients }): Client => clients[tenant];
    expect(await it.replay(line, { client })).toEqual({ sent: ['Bearer of-acme-renewed'], results: ['replayed'] });
  });

  const managed = (who: string): HoldlineConfig => {
    const identity = identityOf('client credentials', who);
    const grant = Object.assign(() => Promise.resolve({ accessToken: `of-${who}` }), { identity: () => identity });
    return { token: { grant } };
  };

  test('with a token of the line, by a line with the same credential in any process', async () => {
    const it = world('salt');
    await it.lose(new Client(it.line(managed('acme')), it.wire));
    const beta = it.line(managed('beta'));
    new Client(beta, it.wire);
    expect(await it.replay(beta)).toEqual({ sent: [], results: ['no client'] });
    const acme = it.line(managed('acme'));
    new Client(acme, it.wire);
    expect(await it.replay(acme)).toEqual({ sent: ['Bearer of-acme'], results: ['replayed'] });
  });

  test('not after another login on the same client', async () => {
    const it = world('salt');
    let user = 'alice';
    const grant = Object.assign(() => Promise.resolve({ accessToken: `of-${user}` }), { identity: () => user });
    const line = it.line({ token: { grant } });
    const client = new Client(line, it.wire);
    await it.lose(client);
    user = 'bob';
    expect((await it.replay(line)).results).toEqual(['no client']);
    user = 'alice';
    expect((await it.replay(line)).results).toEqual(['replayed']);
  });

  test('with a grant without identity, only by the same line; the reason names token.name', async () => {
    const it = world('salt');
    const token = { grant: () => Promise.resolve({ accessToken: 't' }) };
    const line = it.line({ token });
    await it.lose(new Client(line, it.wire));
    const other = it.line({ token });
    new Client(other, it.wire);
    expect((await it.replay(other)).results).toEqual(['no client']);
    expect((await other.deadLetters.list()).letters[0]?.waitsFor).toContain('token.name');
    expect((await it.replay(line)).results).toEqual(['replayed']);
  });

  test('by the name that an adapter gives to a credential, even with another token', async () => {
    const it = world('salt');
    await it.lose(new Client(it.line(), it.wire, of('t1'), { credential: 'acme/alice' }));
    const line = it.line();
    new Client(line, it.wire, of('t2'), { credential: 'beta/alice' });
    expect((await it.replay(line)).results).toEqual(['no client']);
    new Client(line, it.wire, of('t3'), { credential: 'acme/alice' });
    expect(await it.replay(line)).toEqual({ sent: ['Bearer of-t3'], results: ['replayed'] });
  });
});
