import { letterSender } from '@holdline/axios';
import { ConfigError, originOf, type LetterSender } from '@holdline/core';
import type { ApiClientLike } from '../sdk/api-client.js';
import { currentToken } from '../sdk/stored-token.js';

/** Makes a sender of dead letters: it uses the axios instance of the client and the token that the client has then. */
export function createLetterSender(
  client: ApiClientLike,
  ownOrigin: () => string,
  ownCredential: (authorization: string | undefined) => boolean,
): LetterSender {
  const authorization = (): string | undefined => {
    const token = currentToken(client)?.accessToken;
    return token === undefined ? undefined : `Bearer ${token}`;
  };
  const axiosSender = (): LetterSender | undefined => {
    const axios = client.getHttpClient()._axiosInstance;
    return typeof axios?.create === 'function'
      ? letterSender(axios, authorization, { ownOrigin, ownCredential })
      : undefined;
  };
  return {
    serves: (url) => originOf(url) === ownOrigin(),
    request: (letter) => axiosSender()?.request?.(letter) ?? { headers: [] },
    send(letter) {
      const sender = axiosSender();
      if (!sender) throw new ConfigError('a custom HTTP client cannot send dead letters: it has no axios instance');
      return sender.send(letter);
    },
  };
}
