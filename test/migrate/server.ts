import type { IncomingMessage, ServerResponse } from 'node:http';
import { serve } from '../support.js';

/** A request that arrived. */
export interface Arrived {
  method: string;
  url: string;
  body: string;
  /** Time of arrival, ms. */
  at: number;
  /** Whether the answer was sent, or the client closed the connection before. */
  isEnded: boolean;
  /** Whether the client closed the connection before it had the answer. */
  isAbandoned: boolean;
}

/** An answer: a status, a status with headers, a connection reset after the request arrived, or none. */
export type Answer = number | [status: number, headers: Record<string, string>] | 'reset' | 'silence';

export interface ScriptedServer {
  url: string;
  requests: Arrived[];
  /** Times between the first request and each request, ms. */
  times(): number[];
}

/** Starts a server that answers in this order; the last answer repeats. It stops with the test. */
export function startScripted(...answers: Answer[]): Promise<ScriptedServer> {
  return startServer((_, before) => answers[Math.min(before, answers.length - 1)] as Answer);
}

/** Starts a server that stops with the test. `decide` gets the request and the number of requests before it. */
export async function startServer(
  decide: (request: Arrived, before: number) => Answer | Promise<Answer>,
): Promise<ScriptedServer> {
  const requests: Arrived[] = [];
  const { url } = await serve((request, response) => void answer(request, response));
  return { url, requests, times: () => requests.map(({ at }) => at - (requests[0] as Arrived).at) };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrived: Arrived = {
      method: request.method ?? '',
      url: request.url ?? '',
      body: '',
      at: performance.now(),
      isEnded: false,
      isAbandoned: false,
    };
    response.on('close', () => Object.assign(arrived, { isEnded: true, isAbandoned: !response.writableFinished }));
    const before = requests.push(arrived) - 1;
    for await (const chunk of request) arrived.body += String(chunk);
    const decided = await decide(arrived, before);
    if (decided === 'silence') return;
    if (decided === 'reset') return void request.socket.resetAndDestroy();
    const [status, headers] = typeof decided === 'number' ? [decided, {}] : decided;
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end('{"name":"Ada"}');
  }
}
