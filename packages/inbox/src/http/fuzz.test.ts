import { createHmac } from 'node:crypto';
import { seededRandom } from '@holdline/core/testing';
import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import {
  audioHook,
  eventBridge,
  genesysOpenMessaging,
  httpHandler,
  standardWebhooks,
  type IncomingEvent,
  type Verifier,
} from '../index.js';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 600);
const SEED = Number(process.env['FUZZ_SEED'] ?? 16);
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const STATUSES = [200, 202, 400, 401, 405, 413];

interface Delivery {
  body: Uint8Array;
  headers: [string, string][];
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What each sender would send, with valid proof. */
const SENDERS: Record<string, { verifier: Verifier; deliver: (id: string) => Delivery }> = {
  'Open Messaging': {
    verifier: genesysOpenMessaging({ secret: SECRET }),
    deliver: (id) => {
      const body = JSON.stringify({ id, type: 'Text', channel: { from: { id: 'i' }, to: { id: 'c' } } });
      const signature = createHmac('sha256', SECRET).update(body).digest('base64');
      return { body: bytesOf(body), headers: [['x-hub-signature-256', `sha256=${signature}`]] };
    },
  },
  'Standard Webhooks': {
    verifier: standardWebhooks({ secret: SECRET }),
    deliver: (id) => {
      const body = JSON.stringify({ type: 'a', id });
      const now = new Date();
      const signature = new Webhook(SECRET).sign(id, now, body);
      const timestamp = String(Math.floor(now.getTime() / 1_000));
      return {
        body: bytesOf(body),
        headers: [
          ['webhook-id', id],
          ['webhook-timestamp', timestamp],
          ['webhook-signature', signature],
        ],
      };
    },
  },
  EventBridge: {
    verifier: eventBridge({ secret: SECRET }),
    deliver: (id) => ({
      body: bytesOf(
        JSON.stringify({ id, 'detail-type': 'v2.users.{id}.presence', detail: { topicName: 'v2.users.u.presence' } }),
      ),
      headers: [['x-api-key', SECRET]],
    }),
  },
};

const random = seededRandom(SEED);
const below = (n: number): number => Math.floor(random.next() * n);
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
const randomBytes = (max: number): Uint8Array => Uint8Array.from({ length: below(max) }, () => below(256));
/** Characters that a header may have on the wire: visible ones, and the upper half of Latin-1. */
const headerText = (max: number): string =>
  Array.from({ length: below(max) }, () => String.fromCharCode(pick([0x20 + below(95), 0x80 + below(128)]))).join('');

/** A delivery as text, for comparison. */
const written = ({ body, headers }: Delivery): string =>
  JSON.stringify([[...body], headers.map(([name, value]) => `${name}: ${value.trim()}`).sort()]);

/** Changes a delivery in one place, so that its proof is no longer valid. */
const MUTATIONS: ((delivery: Delivery) => void)[] = [
  ({ headers }) => void headers.splice(below(headers.length), 1),
  ({ headers }) => {
    const header = pick(headers);
    const at = below(header[1].length);
    header[1] = header[1].slice(0, at) + (header[1][at] === 'A' ? 'B' : 'A') + header[1].slice(at + 1);
  },
  ({ headers }) => void (pick(headers)[1] = headerText(200)),
  ({ headers }) => void (pick(headers)[1] += headerText(2_000) || '='),
  ({ headers }) => void headers.push([...pick(headers)]),
  ({ headers }) => {
    const header = pick(headers);
    header[1] = Buffer.from(header[1], 'latin1').toString('hex');
  },
  (delivery) =>
    void (delivery.headers = Array.from({ length: below(20) }, () => [pick(delivery.headers)[0], headerText(80)])),
];
const BODY_MUTATIONS: ((delivery: Delivery) => void)[] = [
  (delivery) => void (delivery.body = delivery.body.subarray(0, below(delivery.body.length))),
  (delivery) => void (delivery.body = randomBytes(3_000)),
  ({ body }) => {
    const at = below(body.length);
    body[at] = (body[at] as number) ^ (1 << below(8));
  },
  (delivery) => void (delivery.body = new Uint8Array([...delivery.body, below(256)])),
];

it(`answers ${RUNS} random deliveries of each sender without an exception, and accepts none without proof (seed ${SEED})`, async () => {
  for (const [name, { verifier, deliver }] of Object.entries(SENDERS)) {
    const accepted: string[] = [];
    const errors: unknown[] = [];
    const door = {
      accept: async ({ id }: IncomingEvent) => {
        accepted.push(id);
        return { result: 'accepted' as const };
      },
    };
    const handler = httpHandler(door, verifier, {
      maxBodyBytes: 2_000,
      onAnswer: ({ error }) => error !== undefined && errors.push(error),
    });
    // A control: the same delivery without a change is accepted.
    const control = deliver('control');
    const send = ({ body, headers }: Delivery, method = 'POST'): Promise<Response> => {
      const hasBody = method !== 'GET' && method !== 'HEAD';
      return handler(
        new Request('https://inbox.example.com/', { method, headers, ...(hasBody ? { body: body as BodyInit } : {}) }),
      );
    };
    expect((await send(control)).status).toBe(202);
    expect(accepted.splice(0)).toHaveLength(1);

    for (let run = 0; run < RUNS; run++) {
      const original = deliver(`event-${run}`);
      const delivery = {
        body: original.body.slice(),
        headers: original.headers.map((header): [string, string] => [...header]),
      };
      // EventBridge signs no body: with its secret, a changed body is an event or an odd body.
      const kind = pick(name === 'EventBridge' ? MUTATIONS : [...MUTATIONS, ...BODY_MUTATIONS]);
      kind(delivery);
      if (below(3) === 0 && delivery.headers.length > 0 && delivery.body.length > 0)
        pick([...MUTATIONS, ...BODY_MUTATIONS])(delivery);
      // The second change may have undone the first. Neither the order of headers nor spaces around them count.
      if (written(delivery) === written(original)) continue;
      const response = await send(delivery, below(20) === 0 ? pick(['GET', 'PUT', 'DELETE']) : 'POST');
      expect(STATUSES).toContain(response.status);
      expect(response.status, `${name}, run ${run}: ${JSON.stringify(delivery.headers)}`).toBeGreaterThanOrEqual(400);
      expect(await response.text()).toBe('{"result":"rejected"}');
    }
    expect([name, accepted, errors]).toEqual([name, [], []]);
  }
});

it(`rejects ${RUNS} random AudioHook requests without an exception (seed ${SEED})`, async () => {
  const verify = audioHook({ keys: [{ apiKey: 'key', secret: 'AAAA' }] });
  const names = ['signature', 'signature-input', 'x-api-key', 'host', 'audiohook-session-id'];
  const fragments = [
    'sig1=',
    '(',
    ')',
    '"@authority"',
    ';',
    'created=',
    '1641013200',
    ':',
    'AAAA',
    '"',
    ' ',
    'nonce="',
    ',',
    '\\',
  ];
  const structured = (): string => Array.from({ length: below(60) }, () => pick(fragments)).join('');
  for (let run = 0; run < RUNS; run++) {
    const headers = Object.fromEntries(names.map((name) => [name, pick([structured, () => headerText(200)])()]));
    expect(await verify({ url: headerText(50), headers })).toMatchObject({ status: 401 });
  }
});
