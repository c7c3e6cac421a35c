import { createHmac } from 'node:crypto';
import { secret } from '@holdline/core';
import { describe, expect, it } from 'vitest';
import { genesysOpenMessaging } from '../index.js';
import { inboundRequest, outcomeOf } from './test-request.js';

const SECRET = 'open-sesame-7f3a';

/** A message as the vendor documents it. */
const MESSAGE = {
  id: 'b7f4a1d0-6f0d-4a6f-9a49-0d1ab6a2b1f4',
  channel: {
    id: 'c6b0e62f-8487-44fd-a218-c16e006a7a23',
    platform: 'Open',
    type: 'Private',
    to: { id: 'messaging-user@externalservice.com' },
    from: { nickname: 'Support', id: 'c6b0e62f-8487-44fd-a218-c16e006a7a23', idType: 'Opaque' },
    time: '2026-01-01T13:41:24.276Z',
    messageId: 'b7f4a1d0-6f0d-4a6f-9a49-0d1ab6a2b1f4',
  },
  type: 'Text',
  text: 'Grüße ☎',
  direction: 'Outbound',
};
const BODY = JSON.stringify(MESSAGE);

/** The signature as the vendor's sample computes it. */
const sign = (body: string | Uint8Array, secret = SECRET): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('base64')}`;
const signed = (body: string): Record<string, string> => ({ 'X-Hub-Signature-256': sign(body) });

const verifier = genesysOpenMessaging({ secret: SECRET });

describe('webhooks of Genesys Open Messaging', () => {
  it('accepts a message, with one key for the integration and its customer', async () => {
    expect(await outcomeOf(verifier, BODY, signed(BODY))).toEqual([
      {
        id: `Text:${MESSAGE.id}`,
        key: 'c6b0e62f-8487-44fd-a218-c16e006a7a23/messaging-user@externalservice.com',
        type: 'Text',
        data: MESSAGE,
      },
    ]);
  });

  it('verifies the bytes that arrived, not JSON that was written again', async () => {
    const spaced = JSON.stringify(MESSAGE, null, 2);
    expect(await outcomeOf(verifier, spaced, signed(spaced))).toHaveLength(1);
    expect(await outcomeOf(verifier, spaced, signed(BODY))).toBe(401);
  });

  it('gives each status of a message an identifier of its own', async () => {
    const ids: unknown[] = [];
    for (const [type, status] of [
      ['Text', undefined],
      ['Receipt', 'Delivered'],
      ['Receipt', 'Failed'],
      ['Event', undefined],
    ]) {
      const body = JSON.stringify({ ...MESSAGE, type, status });
      const [event] = (await outcomeOf(verifier, body, signed(body))) as { id: string }[];
      ids.push(event?.id);
    }
    expect(new Set(ids).size).toBe(4);
  });

  it('accepts each of several secrets, and no other', async () => {
    const rotating = genesysOpenMessaging({ secret: [secret('new-secret'), SECRET] });
    expect(await outcomeOf(rotating, BODY, { 'x-hub-signature-256': sign(BODY, 'new-secret') })).toHaveLength(1);
    expect(await outcomeOf(rotating, BODY, signed(BODY))).toHaveLength(1);
    expect(await outcomeOf(rotating, BODY, { 'x-hub-signature-256': sign(BODY, 'old-secret') })).toBe(401);
  });

  it('uses the key that the application names', async () => {
    const keyed = genesysOpenMessaging({ secret: SECRET, key: ({ direction }) => String(direction) });
    expect(await outcomeOf(keyed, BODY, signed(BODY))).toMatchObject([{ key: 'Outbound' }]);
    const bare = JSON.stringify({ id: 'a', type: 'Text' });
    expect(await outcomeOf(verifier, bare, signed(bare))).toEqual([
      { id: 'Text:a', key: undefined, type: 'Text', data: { id: 'a', type: 'Text' } },
    ]);
  });

  const good = sign(BODY);
  const bytes = Buffer.from(good.slice(7), 'base64');
  it.each<[string, Record<string, string>]>([
    ['no signature', {}],
    ['a signature with another secret', { 'x-hub-signature-256': sign(BODY, 'another') }],
    ['a signature without its prefix', { 'x-hub-signature-256': good.slice(7) }],
    ['a signature with the prefix of another algorithm', { 'x-hub-signature-256': good.replace('sha256', 'sha1') }],
    ['a signature in hex, as Meta sends it', { 'x-hub-signature-256': `sha256=${bytes.toString('hex')}` }],
    ['a signature in base64url', { 'x-hub-signature-256': `sha256=${bytes.toString('base64url')}` }],
    ['a shorter signature', { 'x-hub-signature-256': `sha256=${bytes.subarray(0, 16).toString('base64')}` }],
    ['a signature without padding', { 'x-hub-signature-256': good.slice(0, -1) }],
    ['the same header twice', { 'x-hub-signature-256': `${good}, ${good}` }],
    ['a list of signatures', { 'x-hub-signature-256': Array.from({ length: 5_000 }, () => good).join(',') }],
    ['a signature that is not ASCII', { 'x-hub-signature-256': `sha256=${'\u00e9'.repeat(44)}` }],
    ['a huge signature', { 'x-hub-signature-256': `sha256=${'A'.repeat(1_000_000)}` }],
    ['an empty signature', { 'x-hub-signature-256': 'sha256=' }],
  ])('rejects %s', async (_name, headers) => {
    expect(await outcomeOf(verifier, BODY, headers)).toBe(401);
  });

  it('rejects a body that was changed, shortened or extended', async () => {
    for (const body of [BODY.replace('Gr', 'gr'), BODY.slice(0, -1), `${BODY} `, ''])
      expect(await outcomeOf(verifier, body, signed(BODY))).toBe(401);
  });

  it.each(['', '[]', 'null', '"text"', '{"id":"a"}', '{"type":"Text"}', '{"id":"","type":"Text"}', '{', '{"id":7}'])(
    'answers 400 to the signed body %j, because no repetition helps',
    async (body) => {
      expect(await outcomeOf(verifier, body, signed(body))).toBe(400);
    },
  );

  it('rejects a body that is not UTF-8', async () => {
    const body = Buffer.concat([Buffer.from('{"type":"Text","id":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    expect(await outcomeOf(verifier, body, { 'x-hub-signature-256': sign(body) })).toBe(400);
  });

  it('rejects an identifier that is too long to be stored', async () => {
    const body = JSON.stringify({ id: 'a'.repeat(501), type: 'Text' });
    expect(await outcomeOf(verifier, body, signed(body))).toBe(400);
  });

  it('shows neither the secret nor the signature', async () => {
    const headers = { 'x-hub-signature-256': sign(BODY, 'another') };
    const shown = JSON.stringify(await verifier(inboundRequest(BODY, headers), 0));
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain(headers['x-hub-signature-256'].slice(7, 20));
    for (const wrong of [7, '', [], [SECRET, 7], { value: SECRET }, undefined]) {
      const make = (): unknown => genesysOpenMessaging({ secret: wrong } as never);
      expect(make).toThrow(/^genesysOpenMessaging\.secret must be a string that is not empty, a secret, or a/);
      expect(make).not.toThrow(SECRET);
    }
    expect(() => genesysOpenMessaging({ secret: SECRET, keys: 1 } as never)).toThrow(/keys is not known/);
  });
});
