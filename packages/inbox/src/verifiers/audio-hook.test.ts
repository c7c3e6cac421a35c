import { createHmac } from 'node:crypto';
import { VirtualClock } from '@holdline/core/testing';
import { describe, expect, it } from 'vitest';
import { audioHook, type AudioHookOptions, type UpgradeRequest } from '../index.js';

// Example 1 of the protocol documentation, with the session and correlation ids that the signature was made of: the page had swapped
// them (forum 18703). The sample server of the vendor has the same vector in its tests.
const API_KEY = 'SGVsbG8sIEkgYW0gdGhlIEFQSSBrZXkh';
const SECRET = 'TXlTdXBlclNlY3JldEtleVRlbGxOby0xITJAMyM0JDU=';
const TARGET = '/api/v1/voicebiometrics/ws';
const COMPONENTS =
  '("@request-target" "@authority" "audiohook-organization-id" "audiohook-session-id" "audiohook-correlation-id" "x-api-key")';
const CREATED = 1_641_013_200;
const PARAMETERS = `${COMPONENTS};keyid="${API_KEY}";nonce="VGhpc0lzQVVuaXF1ZU5vbmNl";alg="hmac-sha256";created=${CREATED};expires=3282026430`;
const HEADERS = {
  host: 'audiohook.example.com',
  'audiohook-organization-id': 'd7934305-0972-4844-938e-9060eef73d05',
  'audiohook-session-id': '30b0e395-84d3-4570-ac13-9a62d8f514c0',
  'audiohook-correlation-id': 'e160e428-53e2-487c-977d-96989bf5c99d',
  'x-api-key': API_KEY,
  signature: 'sig1=:NZBwyBHRRyRoeLqy1IzOa9VYBuI8TgMFt2GRDkDuJh4=:',
  'signature-input': `sig1=${PARAMETERS}`,
};
const IDENTITY = {
  organizationId: HEADERS['audiohook-organization-id'],
  sessionId: HEADERS['audiohook-session-id'],
  correlationId: HEADERS['audiohook-correlation-id'],
  name: 'acme',
};
const KEYS = [{ apiKey: API_KEY, secret: SECRET, name: 'acme' }];

/** A verifier two seconds after the vector was signed. */
const make = (options: Partial<AudioHookOptions> = {}) => {
  const clock = new VirtualClock((CREATED + 2) * 1_000);
  return { clock, verify: audioHook({ keys: KEYS, clock, ...options }) };
};
const request = (headers: Record<string, string> = {}, url = TARGET): UpgradeRequest => ({
  url,
  headers: { ...HEADERS, ...headers },
});

/** Signs with the covered components in `parameters`, as the draft defines it. */
function sign(parameters: string, headers: Record<string, string> = HEADERS, secret = SECRET): Record<string, string> {
  const lines = [...parameters.slice(0, parameters.indexOf(')')).matchAll(/"([^"]+)"/g)].map(([, name = '']) => {
    const value = name === '@request-target' ? TARGET : name === '@authority' ? headers['host'] : headers[name];
    return `"${name}": ${value}`;
  });
  const base = [...lines, `"@signature-params": ${parameters}`].join('\n');
  const signature = createHmac('sha256', Buffer.from(secret, 'base64')).update(base).digest('base64');
  return { ...headers, 'signature-input': `sig1=${parameters}`, signature: `sig1=:${signature}:` };
}
const withNonce = (nonce: string): Record<string, string> =>
  sign(PARAMETERS.replace('VGhpc0lzQVVuaXF1ZU5vbmNl', nonce));
const nonce = (i: number): string => `nonce-${String(i).padStart(20, '0')}`;

describe('the upgrade request of AudioHook', () => {
  it('accepts the published vector', async () => {
    expect(sign(PARAMETERS)['signature']).toBe(HEADERS.signature);
    expect(await make().verify(request())).toEqual({ identity: IDENTITY });
  });

  it('accepts it in every form of request', async () => {
    const rawHeaders = Object.entries(HEADERS).flatMap(([name, value]) => [name.toUpperCase(), value]);
    const forms: UpgradeRequest[] = [
      { url: TARGET, headers: {}, rawHeaders },
      new Request(`https://audiohook.example.com${TARGET}`, { headers: HEADERS }),
      request({ host: 'AudioHook.Example.com' }),
    ];
    for (const form of forms) expect(await make().verify(form)).toEqual({ identity: IDENTITY });
    const { verify } = make({ authority: 'audiohook.example.com' });
    expect(await verify(request({ host: 'internal:8080' }))).toEqual({ identity: IDENTITY });
  });

  it('accepts each of several secrets and keys', async () => {
    const rotating = make({
      keys: [
        { apiKey: 'other', secret: SECRET },
        { apiKey: API_KEY, secret: ['AAAA', SECRET] },
      ],
    });
    expect(await rotating.verify(request())).toEqual({ identity: { ...IDENTITY, name: undefined } });
  });

  it('accepts a signature once', async () => {
    const { verify } = make();
    const results = await Promise.all([verify(request()), verify(request()), verify(request())]);
    expect(results.filter((result) => 'identity' in result)).toHaveLength(1);
    expect(await verify(request())).toMatchObject({ status: 401 });
  });

  it('accepts a signature within its time, and no earlier or later', async () => {
    for (const [afterMs, isValid] of [
      [-3_000, true],
      [-3_001, false],
      [12_999, true],
      [13_000, false],
      [3_600_000, false],
      [-3_600_000, false],
    ] as const) {
      const clock = new VirtualClock(CREATED * 1_000 + afterMs);
      const result = await audioHook({ keys: KEYS, clock })(request());
      expect('identity' in result).toBe(isValid);
    }
    const soon = sign(PARAMETERS.replace(/expires=\d+/, `expires=${CREATED}`));
    const { verify, clock } = make({ clockSkewMs: 0 });
    expect(clock.wall()).toBeGreaterThan(CREATED * 1_000);
    expect(await verify(request(soon))).toMatchObject({ status: 401 });
  });

  it.each<[string, Record<string, string>]>([
    ['another session', { 'audiohook-session-id': HEADERS['audiohook-correlation-id'] }],
    ['another organization', { 'audiohook-organization-id': HEADERS['audiohook-session-id'] }],
    ['another host', { host: 'attacker.example.com' }],
    ['another API key', { 'x-api-key': 'b3RoZXI=' }],
    ['no host', { host: '' }],
    ['no signature', { signature: '' }],
    ['no signature input', { 'signature-input': '' }],
    ['a signature of another label', { signature: HEADERS.signature.replace('sig1', 'sig2') }],
    [
      'a signature in hex',
      { signature: `sig1=:${Buffer.from('NZBwyBHRRyRoeLqy1IzOa9VYBuI8TgMFt2GRDkDuJh4=', 'base64').toString('hex')}:` },
    ],
    ['a shorter signature', { signature: 'sig1=:NZBwyBHRRyRoeLqy1IzOaw==:' }],
    [
      'a header twice',
      { 'audiohook-session-id': `${HEADERS['audiohook-session-id']}, ${HEADERS['audiohook-session-id']}` },
    ],
    ['the signature twice', { signature: `${HEADERS.signature}, ${HEADERS.signature}` }],
    ['two signatures', { 'signature-input': `${HEADERS['signature-input']}, sig2=${PARAMETERS}` }],
    ['a huge signature input', { 'signature-input': `sig1=(${'"a" '.repeat(200_000)})` }],
    ['a huge signature', { signature: `sig1=:${'A'.repeat(1_000_000)}:` }],
    ['a header that is not ASCII', { 'audiohook-session-id': '\u00e9' }],
    [
      'a changed creation time',
      { 'signature-input': HEADERS['signature-input'].replace(String(CREATED), String(CREATED + 1)) },
    ],
  ])('rejects %s', async (_name, headers) => {
    expect(await make().verify(request(headers))).toMatchObject({ status: 401 });
  });

  it('rejects another path', async () => {
    for (const url of [`${TARGET}?a=1`, '/', '', 'not a url'])
      expect(await make().verify(request({}, url))).toMatchObject({ status: 401 });
  });

  it.each([
    ['no creation time', PARAMETERS.replace(/;created=\d+/, '')],
    ['no nonce', PARAMETERS.replace(/;nonce="\w+"/, '')],
    ['a short nonce', PARAMETERS.replace('VGhpc0lzQVVuaXF1ZU5vbmNl', 'c2hvcnQ=')],
    ['no key', PARAMETERS.replace(/;keyid="\w+"/, '')],
    ['another algorithm', PARAMETERS.replace('hmac-sha256', 'hmac-sha1')],
    ['a parameter twice', `${PARAMETERS};created=${CREATED}`],
    ['an unknown parameter', `${PARAMETERS};tag="x"`],
    ['a parameter of another type', PARAMETERS.replace(`created=${CREATED}`, `created="${CREATED}"`)],
    ['a component twice', PARAMETERS.replace('"x-api-key")', '"x-api-key" "x-api-key")')],
    ['no component', PARAMETERS.replace(COMPONENTS, '()')],
    ...['@request-target', '@authority', 'audiohook-session-id', 'x-api-key'].map((name) => [
      `a signature that does not cover ${name}`,
      PARAMETERS.replace(` "${name}"`, '').replace(`("${name}" `, '('),
    ]),
  ])('rejects a valid signature with %s', async (_name, parameters) => {
    expect(parameters).not.toBe(PARAMETERS);
    expect(await make().verify(request(sign(parameters as string)))).toMatchObject({ status: 401 });
  });

  it('accepts a signature that covers more, and one without expiry', async () => {
    const more = PARAMETERS.replace('"x-api-key")', '"x-api-key" "user-agent")');
    const headers = sign(more, { ...HEADERS, 'user-agent': 'GenesysCloud-AudioHook-Client' });
    expect(await make().verify(request(headers))).toEqual({ identity: IDENTITY });
    expect(await make().verify(request(sign(more)))).toMatchObject({ status: 401 }); // the header is missing
    const lasting = sign(PARAMETERS.replace(/;expires=\d+/, ''));
    expect(await make().verify(request(lasting))).toEqual({ identity: IDENTITY });
  });

  it('remembers a bounded number of nonces, and forgets those that have expired', async () => {
    const { verify, clock } = make({ maxNonces: 3 });
    for (let i = 0; i < 3; i++) expect(await verify(request(withNonce(nonce(i))))).toEqual({ identity: IDENTITY });
    expect(await verify(request(withNonce(nonce(3))))).toMatchObject({ status: 503 });
    // A wrong signature takes no place.
    expect(await verify(request({ ...withNonce(nonce(4)), host: 'other' }))).toMatchObject({ status: 401 });

    await clock.advance(11_000);
    const later = (i: number): Record<string, string> =>
      sign(PARAMETERS.replace(String(CREATED), String(CREATED + 13)).replace('VGhpc0lzQVVuaXF1ZU5vbmNl', nonce(i)));
    for (let i = 0; i < 3; i++) expect(await verify(request(later(i)))).toEqual({ identity: IDENTITY });
    expect(await verify(request(later(9)))).toMatchObject({ status: 503 });
  });

  it('shares nonces between processes through a function of the application', async () => {
    const shared = new Map<string, number>();
    const rememberNonce = async (key: string, forMs: number): Promise<boolean> => {
      const isNew = !shared.has(key);
      shared.set(key, forMs);
      return isNew;
    };
    const [one, other] = [make({ rememberNonce }), make({ rememberNonce })];
    expect(await one.verify(request())).toEqual({ identity: IDENTITY });
    expect(await other.verify(request())).toMatchObject({ status: 401 });
    expect([...shared.values()]).toEqual([11_000]);
    const broken = make({ rememberNonce: () => Promise.reject(new Error('Redis is lost')) });
    expect(await broken.verify(request())).toMatchObject({ status: 401 });
  });

  it('names wrong options without showing a key or a secret', () => {
    for (const [options, message] of [
      [{ keys: [] }, /audioHook\.keys must be a list with at least one key/],
      [{}, /audioHook\.keys must be a list with at least one key/],
      [{ keys: [{ apiKey: 'k-e-y', secret: 'not base64!' }] }, /audioHook\.keys\[0\]\.secret must be base64/],
      [{ keys: [{ apiKey: '', secret: SECRET }] }, /audioHook\.keys\[0\]\.apiKey must be/],
      [{ keys: [{ secret: SECRET }] }, /audioHook\.keys\[0\]\.apiKey must be/],
      [{ keys: KEYS, maxAge: 1 }, /maxAge is not known/],
      [{ keys: KEYS, clock: {} }, /audioHook\.clock must be a clock/],
    ] as const) {
      const wrong = (): unknown => audioHook(options as never);
      expect(wrong).toThrow(message);
      expect(wrong).not.toThrow(/k-e-y|not base64!|TXlTdXBl/);
    }
  });
});
