import { originOf, type HeaderAccess, type Holdline, type LetterParts, type LetterSender } from '@holdline/core';
import { AcmeCall } from '../reference/acme-adapter.fixture.js';
import type { AcmeClient } from '../reference/acme-client.fixture.js';
import { mutant } from '../reference/mutant.fixture.js';

/** Registers a sender that differs from that of the reference adapter. */
function sendWith(client: AcmeClient, line: Holdline, parts: Partial<LetterSender>): () => void {
  const merge = (headers: Readonly<Record<string, string>>): Record<string, string> => ({
    ...client.defaults,
    ...headers,
  });
  return line.deadLetters.sendBy(
    'guardAcme',
    {
      serves: (url) => originOf(url) === originOf(client.baseUrl),
      request: ({ headers }) => ({ headers: Object.entries(merge(headers)), ownOrigin: originOf(client.baseUrl) }),
      async send({ method, url, headers, body }) {
        (await client.transport({ method, url, headers: merge(headers), body })).body.destroy();
      },
      ...parts,
    },
    client,
  );
}

const replaying = new WeakSet<AcmeClient>();
const latest = new WeakMap<Holdline, AcmeClient>();

export const DEAD_LETTERS_MUTANTS = [
  mutant('keeps the parts of a failed write, without its credential', {
    Call: class extends AcmeCall {
      // Leaves out the headers.
      override letter(): LetterParts {
        return { ...super.letter(), headers: [] };
      }
    },
  }),
  mutant('marks the body of a stream as missing in its letter', {
    Call: class extends AcmeCall {
      // Keeps an empty body instead of a stream.
      override letter(): LetterParts {
        const parts = super.letter();
        return this.source ? { ...parts, body: undefined } : parts;
      }
    },
  }),
  mutant('replays a letter with the bytes of its write', {
    // Parses the body and writes it again.
    sendLetters: (client, line) =>
      sendWith(client, line, {
        async send({ method, url, headers, body }) {
          const text = JSON.stringify(JSON.parse(String(body)));
          const { body: answer } = await client.transport({
            method,
            url,
            headers: { ...client.defaults, ...headers },
            body: text,
          });
          answer.destroy();
        },
      }),
  }),
  mutant('replays a letter under the idempotency key of its write', {
    Call: class extends AcmeCall {
      // Ignores the key that the line writes during a replay.
      override get headers(): HeaderAccess {
        const { get, set } = super.headers;
        const isReplay = replaying.has(this.owner);
        return {
          get,
          set: (name, value) => {
            if (!isReplay || name.toLowerCase() !== 'idempotency-key') set(name, value);
          },
        };
      }
    },
    sendLetters: (client, line) =>
      sendWith(client, line, {
        async send({ method, url, headers, body }) {
          replaying.add(client);
          const { body: answer } = await client.transport({
            method,
            url,
            headers: { ...client.defaults, ...headers },
            body,
          });
          answer.destroy();
        },
      }),
  }),
  mutant('replays each letter through the client that made the write', {
    sendLetters(client, line) {
      latest.set(line, client);
      return sendWith(client, line, {
        async send({ method, url, headers, body }) {
          // Takes the client that was guarded last.
          const { defaults } = latest.get(line) ?? client;
          const { body: answer } = await client.transport({ method, url, headers: { ...defaults, ...headers }, body });
          answer.destroy();
        },
      });
    },
  }),
  mutant('keeps a letter while its client is released', {
    sendLetters(client, line) {
      const stop = sendWith(client, line, {});
      // Forgets to remove the sender of a client with a credential.
      return 'authorization' in client.defaults ? () => undefined : stop;
    },
  }),
  mutant('never replays a letter to a server of another client', {
    sendLetters: (client, line) => sendWith(client, line, { serves: () => true }),
  }),
];
