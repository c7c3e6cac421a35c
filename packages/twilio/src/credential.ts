import { originOf, readSafely } from '@holdline/core';
import type { TwilioLike, TwilioRequestOptions } from './types.js';

/**
 * Names the credential of a request, for quotas. Twilio's limits are per account, so all keys of an account have one name. A request
 * with another user name than that of the client has that name. A bearer token changes often, so its OAuth client gives the name.
 * The provider itself stands for an OAuth client that has no id.
 */
export function nameCredential(client: TwilioLike, options: TwilioRequestOptions): string | undefined {
  const { username, password, authStrategy } = options;
  const account = client.accountSid || undefined;
  if (username && password) return username === client.username ? (account ?? username) : username;
  if (!authStrategy) return undefined;
  return account ?? nameProvider(client.credentialProvider ?? authStrategy);
}

const providers = new WeakMap<object, string>();
let providerCount = 0;

function nameProvider(provider: object): string {
  const clientId = readSafely(provider, 'clientId');
  if (typeof clientId === 'string' && clientId !== '') return clientId;
  let name = providers.get(provider);
  if (name === undefined) providers.set(provider, (name = `provider ${++providerCount}`));
  return name;
}

/** Whether a request has another credential than its client. Then the line's token must not replace it. */
export function hasOwnCredential(client: TwilioLike, { username }: TwilioRequestOptions): boolean {
  return username !== undefined && username !== client.username;
}

/** The Basic credential that the SDK writes. A bearer token is known only during the attempt. */
export function basicCredential({ username, password }: TwilioRequestOptions): string | undefined {
  return username && password ? `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` : undefined;
}

/**
 * The origin of the request, if it is one of Twilio's or one that the user gave to a product of the client. Twilio has an origin for
 * each product, and the address of a next page comes from an answer. So the token of the line goes to known origins only.
 */
export function findOwnOrigin(client: TwilioLike, uri: string): string {
  const origin = originOf(uri);
  if (/^https:\/\/(?:[a-z\d-]+\.)*twilio\.com$/i.test(origin)) return origin;
  const isOfProduct = Object.values(client).some((product) => {
    const baseUrl = readSafely(product, 'baseUrl');
    return typeof baseUrl === 'string' && originOf(baseUrl) === origin;
  });
  return isOfProduct ? origin : '';
}
