import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import { findOwnOrigin, hasOwnCredential, nameCredential } from './credential.js';
import type { TwilioLike, TwilioRequestOptions } from './types.js';

const ACCOUNT = `AC${'1'.repeat(32)}`;
const KEY = `SK${'2'.repeat(32)}`;
const OTHER = `AC${'3'.repeat(32)}`;

const asAccount = twilio(ACCOUNT, 'secret');
const asKey = twilio(KEY, 'secret', { accountSid: ACCOUNT });
const request = (given: Partial<TwilioRequestOptions>): TwilioRequestOptions => ({ method: 'get', uri: '', ...given });

function makeOAuthClient(accountSid?: string): TwilioLike {
  const client = twilio(ACCOUNT, 'secret');
  const { ClientCredentialProviderBuilder } = twilio;
  client.setCredentialProvider(new ClientCredentialProviderBuilder().setClientId('OQ1').setClientSecret('s').build());
  if (accountSid !== undefined) client.setAccountSid(accountSid);
  return client;
}

const authStrategy = { getAuthString: () => Promise.resolve('Bearer x') };

describe('nameCredential', () => {
  it.each([
    ['an account', asAccount, { username: ACCOUNT, password: 'secret' }, ACCOUNT],
    ['a key of an account', asKey, { username: KEY, password: 'secret' }, ACCOUNT],
    ['another credential for one request', asAccount, { username: OTHER, password: 'secret' }, OTHER],
    ['an OAuth client', makeOAuthClient(), { authStrategy }, 'OQ1'],
    ['an OAuth client with a known account', makeOAuthClient(ACCOUNT), { authStrategy }, ACCOUNT],
    ['no credential', makeOAuthClient(ACCOUNT), {}, undefined],
  ])('names %s', (_what, client, options, expected) => {
    expect(nameCredential(client, request(options))).toBe(expected);
  });

  it('names providers without an id apart', () => {
    const names = [{}, {}].map((credentialProvider) => {
      const client = { httpClient: {}, request: () => undefined, credentialProvider };
      return [nameCredential(client, request({ authStrategy })), nameCredential(client, request({ authStrategy }))];
    });
    const [first, second] = names.map(([name, again]) => (name === again ? name : undefined));
    expect(first).toBeDefined();
    expect(second).not.toBe(first);
  });

  it('knows the requests with a credential of their own', () => {
    expect(hasOwnCredential(asAccount, request({ username: ACCOUNT }))).toBe(false);
    expect(hasOwnCredential(asAccount, request({ username: OTHER }))).toBe(true);
    expect(hasOwnCredential(asAccount, request({ authStrategy }))).toBe(false);
  });
});

describe('findOwnOrigin', () => {
  it.each([
    ['https://taskrouter.twilio.com/v1/Workspaces', 'https://taskrouter.twilio.com'],
    ['https://taskrouter.sydney.au1.twilio.com/v1', 'https://taskrouter.sydney.au1.twilio.com'],
    ['http://taskrouter.twilio.com/v1', ''],
    ['https://twilio.com.example/v1', ''],
    ['https://eviltwilio.com/v1', ''],
    ['http://127.0.0.1:1/v1', ''],
    ['not a url', ''],
  ])('of %s', (uri, expected) => {
    expect(findOwnOrigin(asAccount, uri)).toBe(expected);
  });

  it('is an address that the user gave to a product', () => {
    const client = twilio(ACCOUNT, 'secret');
    client.flexApi.baseUrl = 'http://127.0.0.1:1';
    expect(findOwnOrigin(client, 'http://127.0.0.1:1/v1/Interactions')).toBe('http://127.0.0.1:1');
    expect(findOwnOrigin(client, 'http://127.0.0.1:2/v1/Interactions')).toBe('');
  });
});
