import type { Holdline, LetterSender, LetterToSend, Undo } from '@holdline/core';
import { FetchCall, run, type Client } from './call.js';
import { isNamed } from './headers.js';
import type { FetchOptions } from './options.js';
import { keepsToken } from './redirect.js';
import { letGo } from './release-body.js';
import type { FetchFunction, NativeFetch, NativeResponse } from './types.js';

/** Sends the dead letters of the requests that a guarded function governs. Returns what ends it. */
export function sendLetters(native: FetchFunction, line: Holdline, options: FetchOptions = {}): Undo {
  const { governs, name = 'fetch', authorization } = options;
  const client: Client = { native: native as unknown as NativeFetch, line, options, keepsToken: keepsToken(native) };
  const headersOf = ({ url, headers }: LetterToSend): Record<string, string> => {
    const own = Object.keys(headers).some((name) => isNamed(name, 'authorization')) ? undefined : authorization?.(url);
    return { ...(own !== undefined && { authorization: own }), ...headers };
  };
  const sender: LetterSender = {
    serves: (url) => !governs || governs(url),
    request(letter) {
      const call = new FetchCall(client, letter.url, letter.url, { method: letter.method, headers: headersOf(letter) });
      const { ownOrigin, ownCredential, credential } = call;
      return { headers: Object.entries(headersOf(letter)), ownOrigin, ownCredential, credential };
    },
    async send(letter) {
      const { method, url, body } = letter;
      letGo((await run(client, url, url, { method, headers: headersOf(letter), body })) as NativeResponse | undefined);
    },
  };
  return line.deadLetters.sendBy(name, sender, options.owner);
}
