import { Readable } from 'node:stream';
import { memoryStore, release, withCall, type Holdline, type LetterToSend } from '@holdline/core';
import type { ContractRequest } from '../contract/types.js';
import { makeId, type Caller } from '../scene/caller.js';
import type { Scene } from '../scene/scene.js';
import { casesOf } from './define-case.js';
import { carries, guardedWithCredential } from './tenants.js';

const define = casesOf('dead-letters');

const KEY = new Uint8Array(32).fill(7);

/** A line that keeps failed writes with their bodies, and makes one attempt. */
function lineWithLetters(scene: Scene): Holdline {
  return scene.line({ store: memoryStore({ clock: scene.clock }), deadLetters: { key: KEY }, retry: false });
}

/** Makes a write that fails permanently, and waits until its letter is in the store. Returns the id of its item. */
async function fail(
  scene: Scene,
  line: Holdline,
  caller: Caller,
  { id = makeId(), ...given }: Partial<ContractRequest> = {},
): Promise<string> {
  const { kept } = line.snapshot().deadLetters ?? { kept: 0 };
  scene.server.answer(id, { status: 429, headers: { 'retry-after': '1' } });
  await scene.run(caller, { method: 'POST', id, ...given });
  await scene.until(
    () => (line.snapshot().deadLetters?.kept ?? 0) > kept,
    'a write was refused by a 429, and its letter was in the store',
  );
  // The gate of the 429 is open again.
  await scene.clock.advance(5_000);
  return id;
}

/** Replays the letters of the line, and says how many were replayed and why others were not. */
async function replay(scene: Scene, line: Holdline): Promise<{ replayed: number; results: string }> {
  let report: Awaited<ReturnType<Holdline['deadLetters']['replay']>> | undefined;
  void line.deadLetters.replay().then((ended) => (report = ended));
  await scene.until(() => report !== undefined, 'the replay of the dead letters ended');
  const { replayed = 0, letters = [] } = report ?? {};
  return { replayed, results: letters.map(({ result, reason }) => `${result} (${reason ?? 'no reason'})`).join(', ') };
}

/** A write that failed is kept whole, and goes back through its own client. */
export const DEAD_LETTERS = [
  define(
    'keeps the parts of a failed write, without its credential',
    {
      why: 'A replay can send only what the letter has. A credential in a store is a secret at rest, and old at the replay.',
      guide: 'dead-letters',
      needs: ['deadLetters'],
    },
    async (scene) => {
      const line = lineWithLetters(scene);
      const { caller, word } = await guardedWithCredential(scene, line);
      const id = await fail(scene, line, caller);
      const [request] = scene.server.requestsFor(id);
      let letter: LetterToSend | undefined;
      await line.deadLetters.replay({
        send(given) {
          letter = given;
          return Promise.resolve({ status: 200 });
        },
      });
      const type = request?.headers['content-type'];
      scene.check(
        letter?.method === request?.method && letter?.url === scene.server.url + (request?.url ?? ''),
        `A letter must have the method and the URL of its request, ${request?.method ?? ''} ${request?.url ?? ''}. It has ${letter?.method ?? 'no method'} ${letter?.url.replace(scene.server.url, '') ?? 'and no URL'}.`,
      );
      scene.check(
        request?.body.equals(Buffer.from(letter?.body ?? '')) === true,
        `A letter must have the ${request?.body.length ?? 0} bytes of the body as sent. It has ${Buffer.byteLength(letter?.body ?? '')} bytes.`,
      );
      scene.check(
        letter?.headers['content-type'] === type,
        `A letter must have the headers of its request. The Content-Type was ${type ?? 'absent'}, and is ${letter?.headers['content-type'] ?? 'absent'} in the letter.`,
      );
      scene.check(!JSON.stringify(letter).includes(word), 'A letter contains the credential of its client.');
    },
  ),

  define(
    'marks the body of a stream as missing in its letter',
    {
      why: 'A stream that was read has no bytes left. A letter without this mark would be replayed with an empty body.',
      guide: 'dead-letters',
      needs: ['deadLetters', 'streamBody'],
    },
    async (scene) => {
      const line = lineWithLetters(scene);
      const caller = await scene.guarded(line);
      const id = makeId();
      await fail(scene, line, caller, { id, body: Readable.from([Buffer.from(JSON.stringify({ id }))]) });
      const { letters } = await line.deadLetters.list();
      const missing = letters.map((letter) => letter.missing.join()).join();
      scene.check(
        missing === 'body',
        `A write with a stream left ${letters.length} letters. The body must be the missing part of 1 letter. The missing parts are: ${missing || 'none'}.`,
      );
    },
  ),

  define(
    'replays a letter with the bytes of its write',
    {
      why: 'The platform must get the write that the program made, once and in its own form.',
      guide: 'dead-letters',
      needs: ['deadLetters'],
    },
    async (scene) => {
      const line = lineWithLetters(scene);
      const id = makeId();
      await fail(scene, line, await scene.guarded(line), { id, body: `{ "id":"${id}",  "text":"ä € 😀", "n":1.0 }` });
      const { results } = await replay(scene, line);
      const [first, second, ...more] = scene.server.requestsFor(id);
      scene.check(
        second !== undefined && more.length === 0,
        `The replay of one letter must make 1 request. It made ${more.length + (second ? 1 : 0)}, with the result ${results}.`,
      );
      scene.check(
        second?.method === first?.method &&
          second?.url === first?.url &&
          first?.body.equals(second?.body ?? Buffer.of()) === true,
        `The replay must send ${first?.method ?? ''} ${first?.url ?? ''} with ${first?.body.length ?? 0} bytes, as the write did. It sent ${second?.method ?? ''} ${second?.url ?? ''} with ${second?.body.length ?? 0} bytes${first?.body.length === second?.body.length ? ' that differ' : ''}.`,
      );
    },
  ),

  define(
    'replays a letter under the idempotency key of its write',
    {
      why: 'The platform may have executed the write. It recognises the replay by the key, and does not execute it again.',
      guide: 'dead-letters',
      needs: ['deadLetters', 'transactions'],
    },
    async (scene) => {
      const line = lineWithLetters(scene);
      const caller = await scene.guarded(line);
      const id = await withCall({ transaction: makeId() }, () => fail(scene, line, caller));
      const { results } = await replay(scene, line);
      const keys = scene.server.requestsFor(id).map(({ headers }) => headers['idempotency-key']);
      scene.check(
        keys.length === 2 && keys[0] !== undefined && keys[0] === keys[1],
        `A write in a transaction and its replay must have the same Idempotency-Key. ${keys.length} requests arrived, ${new Set(keys).size} of their keys differ. The result of the replay is ${results}.`,
      );
    },
  ),

  define(
    'replays each letter through the client that made the write',
    {
      why: 'Another client sends the write with the credential of another tenant.',
      guide: 'dead-letters',
      needs: ['deadLetters', 'clientCredential'],
    },
    async (scene) => {
      const line = lineWithLetters(scene);
      const clients = [await guardedWithCredential(scene, line), await guardedWithCredential(scene, line)];
      const ids: string[] = [];
      for (const { caller } of clients) ids.push(await fail(scene, line, caller));
      const { results } = await replay(scene, line);
      const right = clients.filter((client, n) => {
        const [, second] = scene.server.requestsFor(ids[n] ?? '');
        return carries(scene, second, client);
      });
      scene.check(
        right.length === 2,
        `Two clients with different credentials left a letter each. Both letters must go back with their own credential, and ${right.length} did. The results of the replay are ${results}.`,
      );
    },
  ),

  define(
    'keeps a letter while its client is released',
    {
      why: 'A released client belongs to the user alone. Another client must not send the letter either, because it has another credential.',
      guide: 'dead-letters',
      needs: ['deadLetters', 'clientCredential'],
    },
    async (scene) => {
      const line = lineWithLetters(scene);
      const [one] = [await guardedWithCredential(scene, line), await guardedWithCredential(scene, line)];
      const id = await fail(scene, line, one.caller);
      release(one.caller.client);
      const { replayed, results } = await replay(scene, line);
      const requests = scene.server.requestsFor(id).length - 1;
      scene.check(
        replayed === 0 && requests === 0,
        `The client of a letter was released. A replay must keep the letter and send nothing. It sent ${requests} requests, with the result ${results}.`,
      );
    },
  ),

  define(
    'never replays a letter to a server of another client',
    {
      why: 'A client must not send its credential to a foreign server, also if a letter names that server.',
      guide: 'dead-letters',
      needs: ['deadLetters', 'ownOrigin'],
    },
    async (scene) => {
      const line = lineWithLetters(scene);
      const one = await scene.guarded(line);
      const id = await fail(scene, line, one);
      release(one.client);
      const other = await scene.connect({}, await scene.startServer());
      scene.adapter.guard(other.client, line);
      const { results } = await replay(scene, line);
      const requests = scene.server.requestsFor(id).length - 1;
      scene.check(
        requests === 0,
        `The only client of the line belongs to another server than the letter. A replay must send nothing. It sent ${requests} requests, with the result ${results}.`,
      );
    },
  ),
];
