import { describe, expect, test } from 'vitest';
import { createHoldline, type Holdline, type HoldlineConfig, identityOf, memoryStore } from '../../index.js';
import { originOf } from '../../http/url.js';
import { type Store } from '../../contract/store.js';
import { seededRandom, VirtualClock } from '../../testing.js';
import { Wire } from '../../line/transport.fixture.js';

const key = new Uint8Array(32).fill(7);
const API = 'https://api.test';

/** A client with headers of its own, as an axios instance is. */
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
  /** A write that is given up. */
  lose(client: Client, headers?: Record<string, string>, tenant?: string): Promise<void>;
  /** Replays; says what was sent with which Authorization. */
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
      // WebCrypto takes its own time.
      while (!report) await clock.advance(100);
      return { sent: it.wire.header('authorization'), results: report?.letters.map(({ result }) => result) ?? [] };
    },
  };
  return it;
}

const of = (who: string): Record<string, string> => ({ Authorization: `Bearer of-${who}` });

describe('a letter goes by the credential that it was for, and by no other (issue 13, a06)', () => {
  test('by the client that it came from, whoever came after', async () => {
    const it = world();
    const line = it.line();
    const acme = new Client(line, it.wire, of('acme'));
    new Client(line, it.wire, of('beta'));
    await it.lose(acme, {}, 'acme');
    expect(await it.replay(line)).toEqual({ sent: ['Bearer of-acme'], results: ['replayed'] });
  });

  test('also when the token of that client has changed', async () => {
    const it = world();
    const line = it.line();
    const acme = new Client(line, it.wire, of('acme'));
    new Client(line, it.wire, of('beta'));
    await it.lose(acme);
    acme.headers = of('acme-2');
    expect(await it.replay(line)).toEqual({ sent: ['Bearer of-acme-2'], results: ['replayed'] });
  });

  test("lines on one store in one process know each other's credentials, also where it has no salt", async () => {
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
  ])('after a restart it waits for a client of its own: %s', async (_, own, other) => {
    const it = world('salt');
    await it.lose(new Client(it.line(), it.wire, own));
    const line = it.line();
    new Client(line, it.wire, other);
    const waiting: (string | undefined)[] = [];
    line.on('deadLetter', ({ what, message }) => what === 'waiting' && waiting.push(message));
    expect(await it.replay(line)).toEqual({ sent: [], results: ['no client'] });
    const why = 'a client with the credential that it went by: the client there has another one';
    expect(waiting).toEqual([why]);
    const [letter] = (await line.deadLetters.list()).letters;
    expect(letter?.waitsFor).toBe(why);
    expect(JSON.stringify(letter)).not.toMatch(/of-acme|session=/);
    // It comes later.
    const late = new Client(line, it.wire, own);
    expect((await line.deadLetters.list()).letters[0]?.waitsFor).toBeUndefined();
    expect(await it.replay(line)).toEqual({ sent: [late.headers['Authorization']], results: ['replayed'] });
  });

  test('of two clients of one tenant it is the one with its credential', async () => {
    const it = world('salt');
    const line = it.line();
    const [reader, writer] = [of('acme-reader'), of('acme-writer')].map((own) => new Client(line, it.wire, own));
    await it.lose(writer as Client, {}, 'acme');
    await it.lose(reader as Client, {}, 'acme');
    const again = it.line();
    for (const own of [of('acme-writer'), of('acme-reader')]) new Client(again, it.wire, own);
    expect((await it.replay(again)).sent.sort()).toEqual(['Bearer of-acme-reader', 'Bearer of-acme-writer']);
  });

  test('what a call brought along itself the client has not: it waits, and may be given it', async () => {
    const it = world();
    const line = it.line();
    const client = new Client(line, it.wire, of('default'));
    await it.lose(client, of('acme'));
    expect(await it.replay(line)).toEqual({ sent: [], results: ['no client'] });
    const complete = (): object => ({ headers: of('acme') });
    expect(await it.replay(line, { complete })).toEqual({ sent: ['Bearer of-acme'], results: ['replayed'] });
  });

  test('without any credential it goes by a client of its tenant', async () => {
    const it = world();
    const line = it.line();
    // Each has an agent with a certificate of its own, which nobody sees.
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

  test('of a line that manages the token: by a line with the same credential, in any process', async () => {
    const it = world('salt');
    await it.lose(new Client(it.line(managed('acme')), it.wire));
    const beta = it.line(managed('beta'));
    new Client(beta, it.wire);
    expect(await it.replay(beta)).toEqual({ sent: [], results: ['no client'] });
    const acme = it.line(managed('acme'));
    new Client(acme, it.wire);
    expect(await it.replay(acme)).toEqual({ sent: ['Bearer of-acme'], results: ['replayed'] });
  });

  test('another login on the same client is somebody else', async () => {
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

  test('a grant that nothing identifies is known as long as its line lives, and the reason says what would help', async () => {
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

  test('the name that an adapter has for a credential outlives its tokens', async () => {
    const it = world('salt');
    await it.lose(new Client(it.line(), it.wire, of('t1'), { credential: 'acme/alice' }));
    const line = it.line();
    new Client(line, it.wire, of('t2'), { credential: 'beta/alice' });
    expect((await it.replay(line)).results).toEqual(['no client']);
    new Client(line, it.wire, of('t3'), { credential: 'acme/alice' });
    expect(await it.replay(line)).toEqual({ sent: ['Bearer of-t3'], results: ['replayed'] });
  });
});
