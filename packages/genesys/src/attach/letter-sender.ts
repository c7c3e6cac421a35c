import { letterSender } from '@holdline/axios';
import { ConfigError, originOf, type LetterSender } from '@holdline/core';
import type { ApiClientLike } from '../sdk/api-client.js';
import { currentToken } from '../sdk/stored-token.js';

/** Sends dead letters by the axios instance of the client, with the token that the client has at that time. */
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
      if (!sender) throw new ConfigError('an HTTP client of your own sends no dead letters');
      return sender.send(letter);
    },
  };
}
