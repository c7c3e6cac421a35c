import { originOf, type LetterSender, type LetterToSend } from '@holdline/core';
import { DispatchCall, type GuardedDispatcher } from './dispatch-call.js';
import { splitUrl } from './request-url.js';
import type { ControllerHandler, DispatchOptions } from './types.js';

/** Creates the sender of the dead letters of a guarded dispatcher. */
export function letterSender(shared: GuardedDispatcher, isAttached: () => boolean): LetterSender {
  const { origins, bound } = shared;
  return {
    serves(url) {
      const origin = originOf(url);
      return isAttached() && (origins ? origins.includes(origin) : bound === '' || bound === origin);
    },
    request: ({ url, headers }) => ({
      headers: Object.entries(headers),
      ownOrigin: origins ? originOf(url) : bound,
    }),
    send: (letter) =>
      new Promise<void>((resolve, reject) => {
        void DispatchCall.start(shared, optionsOf(letter), new Drain(resolve, reject));
      }),
  };
}

function optionsOf({ method, url, headers, body }: LetterToSend): DispatchOptions {
  return { ...splitUrl(url), method, headers: { ...headers }, body };
}

/** A handler that reads an answer to its end, so that the connection stays usable, and keeps nothing of it. */
class Drain implements ControllerHandler {
  constructor(
    private readonly resolve: () => void,
    private readonly reject: (error: Error) => void,
  ) {}

  onRequestStart(): void {
    // Nothing aborts a letter.
  }

  onResponseStart(): void {
    this.resolve();
  }

  onResponseError(_: unknown, error: unknown): void {
    this.reject(error as Error);
  }
}
