import { withCall } from '@holdline/core';
import type { ReceivedRequest } from '../server/contract-server.js';
import { makeId, type Caller, type Running } from '../scene/caller.js';
import type { Scene } from '../scene/scene.js';
import { casesOf } from './define-case.js';
import { describeEnd } from './describe.js';

const define = casesOf('tenants');

const WINDOW_MS = 3_000;

/** The client of one credential, and the header that this client sends without a guard. */
export interface Credential {
  readonly word: string;
  readonly caller: Caller;
  readonly sample: string | undefined;
}

/** Connects a client with a credential of its own. */
export async function guardedWithCredential(scene: Scene, line: Parameters<Scene['guarded']>[0]): Promise<Credential> {
  const word = makeId();
  const options = { authorization: `Bearer ${word}` };
  const native = await scene.native(options);
  const { request } = await scene.run(native);
  const sample = credentialOf(scene, scene.server.requestsFor(request.id)[0]);
  scene.check(
    sample !== undefined,
    `connect() got the option authorization, and the client without a guard sent no header ${scene.adapter.credentialHeader ?? 'authorization'}. Give the option to the client, or send it in call(). If the client has another header for it, name that header in credentialHeader.`,
  );
  return { word, caller: await scene.guarded(line, options), sample };
}

/** The header with the credential of a request. */
function credentialOf({ adapter }: Scene, request: ReceivedRequest | undefined): string | undefined {
  return request?.headers[adapter.credentialHeader ?? 'authorization'] as string | undefined;
}

/** Whether a request carries this credential. Some clients sign each request, so that only a word in the header stays the same. */
export function carries(scene: Scene, request: ReceivedRequest | undefined, { word, sample }: Credential): boolean {
  const header = credentialOf(scene, request);
  return header !== undefined && (header.includes(word) || header === sample);
}

/** Several tenants on one line: what one of them does never reaches another one. */
export const TENANTS = [
  define(
    'counts a quota of tenants for each tenant of withCall',
    {
      why: 'One tenant that uses its whole quota must not stop the others. The line knows the tenant only from the context of the caller.',
      guide: 'tenants',
    },
    async (scene) => {
      const quota = { limit: 1, windowMs: WINDOW_MS, enforcement: 'sliding', scope: 'tenant' } as const;
      const line = scene.line({ governor: { quotas: [quota] } });
      const started = scene.collect(line, 'callStarted');
      const caller = await scene.guarded(line);
      const waits: number[] = [];
      for (const tenant of ['one', 'two', 'one']) {
        const from = scene.clock.now();
        const running = await scene.end(withCall({ tenant }, () => caller.start()));
        scene.check(
          !running.isRejected,
          `A call of tenant ${tenant} must succeed, and ended with ${describeEnd(running)}.`,
        );
        waits.push(scene.clock.now() - from);
      }
      const [first = 0, second = 0, third = 0] = waits;
      const tenants = started.map(({ tenant }) => tenant ?? 'none').join(', ');
      scene.check(
        first < WINDOW_MS && second < WINDOW_MS && third >= WINDOW_MS,
        `With a quota of 1 per 3 s and tenant, the tenants one, two and one make a call each. They must wait for 0, 0 and 3,000 ms, and waited for ${waits.join(', ')} ms. The line saw the tenants ${tenants}.`,
      );
    },
  ),

  define(
    'does not stop one credential when another one is refused',
    {
      why: 'A 429 belongs to the credential that got it. Otherwise one tenant stops all others for minutes.',
      guide: 'tenants',
    },
    async (scene) => {
      const line = scene.line();
      const retries = scene.collect(line, 'retry');
      const [one, two] = [await guardedWithCredential(scene, line), await guardedWithCredential(scene, line)];
      const id = makeId();
      scene.server.answer(id, { status: 429, headers: { 'retry-after': '20' } });
      const refused = one.caller.start({ id });
      await scene.until(() => retries.length === 1, 'the line decided to repeat a call after a 429');
      const from = scene.clock.now();
      await scene.run(two.caller);
      const waited = scene.clock.now() - from;
      await scene.end(refused);
      scene.check(
        waited < 10_000,
        `A credential got a 429 with Retry-After: 20. The call of another credential must leave at once, and waited ${waited} ms.`,
      );
    },
  ),

  define(
    'never sends the credential of one client with a request of another',
    {
      why: 'A request with the credential of another tenant reads or changes the data of that tenant.',
      guide: 'tenants',
    },
    async (scene) => {
      const line = scene.line();
      const clients = [await guardedWithCredential(scene, line), await guardedWithCredential(scene, line)];
      const made: { client: Credential; running: Running }[] = [];
      for (let n = 0; n < 6; n++) {
        const client = clients[n % 2] as Credential;
        const id = makeId();
        scene.server.answer(id, { status: 429, headers: { 'retry-after': '1' } });
        made.push({ client, running: client.caller.start({ id, method: n < 4 ? 'GET' : 'POST' }) });
      }
      for (const { running } of made) await scene.end(running);
      const all = made.flatMap(({ client, running }) =>
        scene.server.requestsFor(running.request.id).map((request) => ({ client, request })),
      );
      const wrong = all.filter(({ client, request }) => !carries(scene, request, client));
      scene.check(
        all.length === 12 && wrong.length === 0,
        `Two clients with different credentials made 3 calls each, at once and with 2 attempts each. ${all.length} requests arrived, and ${wrong.length} of them had another credential than that of their client.`,
      );
    },
  ),
];
