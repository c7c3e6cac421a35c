// A Holdline adapter for the agents of superagent. An agent makes a request object for each request, and each object has the hook.
import { defineAdapter, originOf, patchMethod, type Holdline } from '@holdline/core';
import { guardRequest, headersOf, type RequestLike } from './request.js';

export type { RequestLike, ResponseLike } from './request.js';

/** An agent, as `superagent.agent()` makes it. */
export interface AgentLike {
  /** Applies the defaults of the agent to a request. All methods of the agent call it with each new request. */
  _setDefaults(request: RequestLike): void;
}

type Verb = (url: string) => RequestLike;

/**
 * Guards an agent of superagent: its requests are paced, retried where that is safe, and signed with the token of the line, if the line
 * has one. Requests of `superagent` itself, such as `superagent.get(url)`, are not guarded.
 *
 * @param client - The agent. `release(agent)` of `@holdline/core` restores it.
 * @param configOrLine - A configuration, or a line that several clients share.
 * @returns the same agent.
 */
export const guardSuperagent = defineAdapter<AgentLike>({
  name: 'guardSuperagent',
  attach(client, line) {
    let isAttached = true;
    // The agent makes its requests in its methods, one per HTTP verb. Each passes its new request to this function before it sends anything.
    const restore = patchMethod(client, '_setDefaults', (native) => (request) => {
      native.call(client, request);
      guardRequest(request, { owner: client, line, isAttached: () => isAttached });
    });
    // An agent has no base address. So no origin is known that may get the token.
    if (line.managesToken)
      line.withholdToken({
        client: 'guardSuperagent',
        defect: 'An agent of superagent has no base address, so its own origin is unknown.',
        remedy: 'Name the origins that get the token of the line in token.origins.',
      });
    const stopReplays = replayLetters(client, line);
    return () => {
      isAttached = false;
      stopReplays();
      restore();
    };
  },
});

/** Sends calls that failed for good again, when the user replays them. */
function replayLetters(client: AgentLike, line: Holdline): () => void {
  // A new request has the defaults of the agent, and with them its credential. It is not sent before `then`.
  const requestFor = (method: string, url: string, headers: Readonly<Record<string, string>>): RequestLike => {
    const verb = method.toLowerCase();
    return (client as unknown as Record<string, Verb>)[verb]!(url).set(headers);
  };
  return line.deadLetters.sendBy(
    'guardSuperagent',
    {
      serves: (url) => originOf(url) !== '',
      request: ({ method, url, headers }) => ({ headers: headersOf(requestFor(method, url, headers)) }),
      async send({ method, url, headers, body }) {
        const request = requestFor(method, url, headers);
        // The bytes of the letter are complete. Without this line, superagent writes bytes as JSON if the type is JSON.
        request.serialize((data) => data);
        request._data = body instanceof Uint8Array ? Buffer.from(body) : body;
        await request;
      },
    },
    client,
  );
}
