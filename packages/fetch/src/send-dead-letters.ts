import type { Holdline, LetterSender, LetterToSend, Undo } from '@holdline/core';
import { FetchCall } from './call.js';
import { createGuardedClient } from './guarded-client.js';
import { matchesName } from './headers.js';
import type { FetchOptions } from './options.js';
import { releaseBody } from './release-body.js';
import type { FetchFunction, NativeResponse } from './types.js';

/**
 * Registers a sender for the dead letters of a guarded function. Returns a function that removes the sender.
 * @public
 */
export function sendLetters(native: FetchFunction, line: Holdline, options: FetchOptions = {}): Undo {
  const { governs, name = 'fetch', authorization } = options;
  const client = createGuardedClient(native, line, options);
  const buildHeaders = ({ url, headers }: LetterToSend): Record<string, string> => {
    const authorizationHeader = Object.keys(headers).some((name) => matchesName(name, 'authorization'))
      ? undefined
      : authorization?.(url);
    return { ...(authorizationHeader !== undefined && { authorization: authorizationHeader }), ...headers };
  };
  const sender: LetterSender = {
    serves: (url) => !governs || governs(url),
    request(letter) {
      const call = new FetchCall(client, letter.url, letter.url, {
        method: letter.method,
        headers: buildHeaders(letter),
      });
      const { ownOrigin, ownCredential, credential } = call;
      return { headers: Object.entries(buildHeaders(letter)), ownOrigin, ownCredential, credential };
    },
    async send(letter) {
      const { method, url, body } = letter;
      releaseBody(
        (await FetchCall.run(client, url, url, { method, headers: buildHeaders(letter), body })) as
          NativeResponse | undefined,
      );
    },
  };
  return line.deadLetters.sendBy(name, sender, options.owner);
}
