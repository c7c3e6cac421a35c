import { describe, expect, it } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { standardWebhooks } from '../index.js';
import { outcomeOf } from './test-request.js';

// The vector that the libraries of Standard Webhooks publish in their documentation and tests.
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const TIMESTAMP = 1_614_265_330;
const BODY = '{"test": 2432232314}';
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const NOW = TIMESTAMP * 1_000;

const HEADERS = { 'webhook-id': ID, 'webhook-timestamp': String(TIMESTAMP), 'webhook-signature': SIGNATURE };
const verifier = standardWebhooks({ secret: SECRET });
const verify = (headers: Record<string, string>, body: string = BODY, now = NOW) =>
  outcomeOf(verifier, body, headers, now);

/** Signs with the published library. */
const sign = (secret: string, body: string, id = ID, timestamp = TIMESTAMP): string =>
  new Webhook(secret).sign(id, new Date(timestamp * 1_000), body);

describe('Standard Webhooks', () => {
  it('accepts the published vector', async () => {
    expect(sign(SECRET, BODY)).toBe(SIGNATURE);
    expect(await verify(HEADERS)).toEqual([{ id: ID, key: undefined, type: undefined, data: { test: 2_432_232_314 } }]);
  });

  it('reads type and key from the payload', async () => {
    const keyed = standardWebhooks({ secret: SECRET, key: (payload) => (payload as { user: string }).user });
    const body = JSON.stringify({ type: 'user.created', user: 'ada', text: 'Grüße ☎' });
    const events = await outcomeOf(keyed, body, { ...HEADERS, 'webhook-signature': sign(SECRET, body) }, NOW);
    expect(events).toMatchObject([{ id: ID, key: 'ada', type: 'user.created' }]);
  });

  it('accepts one valid signature among others, in any place', async () => {
    const other = sign('whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', BODY);
    for (const list of [`${other} ${SIGNATURE}`, `${SIGNATURE} ${other}`, `v1a,AAAA v2,BBBB ${SIGNATURE}`])
      expect(await verify({ ...HEADERS, 'webhook-signature': list })).toHaveLength(1);
    expect(await verify({ ...HEADERS, 'webhook-signature': `${other} ${other}` })).toBe(401);
  });

  it('accepts each of several secrets, with and without the prefix', async () => {
    const secret = ['AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', SECRET.slice('whsec_'.length)];
    const rotating = standardWebhooks({ secret });
    for (const one of secret)
      expect(await outcomeOf(rotating, BODY, { ...HEADERS, 'webhook-signature': sign(one, BODY) }, NOW)).toHaveLength(
        1,
      );
  });

  it('accepts a timestamp within the tolerance, and no other', async () => {
    for (const away of [-300_000, 300_000]) expect(await verify(HEADERS, BODY, NOW + away)).toHaveLength(1);
    for (const away of [-300_001, 300_001, -3_600_000, 3_600_000])
      expect(await verify(HEADERS, BODY, NOW + away)).toBe(401);
    const strict = standardWebhooks({ secret: SECRET, toleranceMs: 1_000 });
    expect(await outcomeOf(strict, BODY, HEADERS, NOW + 1_001)).toBe(401);
  });

  it.each<[string, Record<string, string>]>([
    ['no headers', {}],
    ['no identifier', { 'webhook-timestamp': HEADERS['webhook-timestamp'], 'webhook-signature': SIGNATURE }],
    ['no timestamp', { 'webhook-id': ID, 'webhook-signature': SIGNATURE }],
    ['no signature', { 'webhook-id': ID, 'webhook-timestamp': HEADERS['webhook-timestamp'] }],
    ['another identifier', { ...HEADERS, 'webhook-id': `${ID}x` }],
    ['another timestamp', { ...HEADERS, 'webhook-timestamp': String(TIMESTAMP + 1) }],
    ['a timestamp of another form', { ...HEADERS, 'webhook-timestamp': `${TIMESTAMP}.0` }],
    ['a timestamp in hex', { ...HEADERS, 'webhook-timestamp': `0x${TIMESTAMP.toString(16)}` }],
    ['the timestamp twice', { ...HEADERS, 'webhook-timestamp': `${TIMESTAMP}, ${TIMESTAMP}` }],
    ['the identifier twice', { ...HEADERS, 'webhook-id': `${ID}, ${ID}` }],
    ['the signature twice', { ...HEADERS, 'webhook-signature': `${SIGNATURE}, ${SIGNATURE}` }],
    ['something else in the list', { ...HEADERS, 'webhook-signature': `x ${SIGNATURE}` }],
    ['an identifier that is too long', { ...HEADERS, 'webhook-id': 'm'.repeat(501) }],
    [
      'a signature in hex',
      { ...HEADERS, 'webhook-signature': `v1,${Buffer.from(SIGNATURE.slice(3), 'base64').toString('hex')}` },
    ],
    ['another version', { ...HEADERS, 'webhook-signature': SIGNATURE.replace('v1', 'v2') }],
    ['a shorter signature', { ...HEADERS, 'webhook-signature': SIGNATURE.slice(0, 20) }],
    ['a signature that is not ASCII', { ...HEADERS, 'webhook-signature': `v1,${'\u00e9'.repeat(44)}` }],
    ['a huge header', { ...HEADERS, 'webhook-signature': `${SIGNATURE} ${'x'.repeat(1_000_000)}` }],
    ['17 signatures', { ...HEADERS, 'webhook-signature': Array.from({ length: 17 }, () => SIGNATURE).join(' ') }],
  ])('rejects %s', async (_name, headers) => {
    expect(await verify(headers)).toBe(401);
  });

  it('rejects a body that was changed, shortened or extended', async () => {
    for (const body of [BODY.replace('2', '3'), BODY.slice(0, -1), `${BODY}\n`, ''])
      expect(await verify(HEADERS, body)).toBe(401);
  });

  it('answers 400 to a signed body that is not JSON', async () => {
    for (const body of ['', 'text', '{'])
      expect(await verify({ ...HEADERS, 'webhook-signature': sign(SECRET, body) }, body)).toBe(400);
  });

  it('names a wrong secret without showing it', () => {
    for (const secret of ['whsec_not base64!', 'whsec_', '???secret???']) {
      const make = (): unknown => standardWebhooks({ secret });
      expect(make).toThrow(/^standardWebhooks\.secret must be 'whsec_' and base64, or base64/);
      expect(make).not.toThrow(/not base64!|\?\?\?/);
    }
    expect(() => standardWebhooks({ secret: SECRET, toleranceMs: 0 })).toThrow(/toleranceMs/);
  });
});
