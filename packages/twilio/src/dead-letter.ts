import { originOf, type LetterSender, type LetterToSend } from '@holdline/core';
import { basicCredential, findOwnOrigin, nameCredential } from './credential.js';
import { decodeForm } from './form.js';
import type { TwilioLike, TwilioRequestOptions } from './types.js';

/** Sends the dead letters of one guarded client, with the client's current credential. */
export function letterSender(client: TwilioLike): LetterSender {
  return {
    serves: (url) => findOwnOrigin(client, url) === originOf(url),
    request({ headers, url, method }) {
      const options = { method, uri: url, ...findCredential(client) };
      const basic = basicCredential(options);
      return {
        headers: [...Object.entries(headers), ...(basic === undefined ? [] : [['Authorization', basic] as const])],
        credential: nameCredential(client, options),
        ownOrigin: findOwnOrigin(client, url),
      };
    },
    async send(letter) {
      return client.request(buildOptions(letter) as never);
    },
  };
}

type Credential = Pick<TwilioRequestOptions, 'username' | 'password' | 'authStrategy'>;

/** The credential that the SDK would take for a request that names none. */
function findCredential(client: TwilioLike): Credential {
  const { username, password } = client as Credential;
  const { toAuthStrategy } = (client.credentialProvider ?? {}) as { toAuthStrategy?: () => never };
  return { username, password, authStrategy: toAuthStrategy?.call(client.credentialProvider) };
}

const CONTENT_TYPE = 'Content-Type';

/** Builds the request of a letter. The SDK encodes a form itself, so it needs the parameters. */
function buildOptions({ method, url, headers, body }: LetterToSend): TwilioRequestOptions {
  // The SDK looks for this spelling.
  const spelled = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase() === 'content-type' ? CONTENT_TYPE : name,
      value,
    ]),
  );
  const isForm = spelled[CONTENT_TYPE]?.includes('x-www-form-urlencoded') === true;
  return {
    method: method.toLowerCase(),
    uri: url,
    headers: spelled,
    ...(body !== undefined && { data: isForm && typeof body === 'string' ? decodeForm(body) : body }),
  };
}
