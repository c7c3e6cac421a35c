// How the contract makes and calls clients. The tests call `adapter` with the sources, and `npx holdline adapter-check` with the build.
import { Agent } from 'node:http';
import { Readable } from 'node:stream';
import { loadCopy, type AdapterUnderTest } from '@holdline/adapter-kit';
import superagent, { type Request, type Response } from 'superagent';
import type * as sources from '../src/index.js';

type Client = sources.AgentLike & Record<'get' | 'post', (url: string) => Request>;

/** superagent does not call the callback of an aborted request. It emits an event, from which its promise makes an error. */
const onAbort = (request: Request, reject: (error: Error) => void): void =>
  void request.once('abort', () => reject(Object.assign(new Error('Aborted'), { code: 'ABORTED' })));

/** Sends a stream as the body, by the way that superagent documents: the stream is piped into the request. */
const upload = (request: Request, body: Readable): Promise<unknown> =>
  new Promise((resolve, reject) => {
    request.on('error', reject);
    body.once('error', (error) => {
      reject(error);
      request.abort();
    });
    onAbort(request, reject);
    body.once('end', () =>
      request.end((error: unknown, response) => (error ? reject(error as Error) : resolve(response))),
    );
    body.pipe(request as unknown as NodeJS.WritableStream, { end: false });
  });

/** Sends a request, and collects an answer that superagent does not read. Its data flow from the callback on. */
const collect = (request: Request): Promise<Collected> =>
  new Promise((resolve, reject) => {
    onAbort(request, reject);
    request.end((error: unknown, response) => {
      if (error) return reject(error as Error);
      const chunks: string[] = [];
      const text = new Promise<string>((done, fail) => {
        response.on('data', (chunk: string) => chunks.push(chunk));
        response.on('end', () => done(chunks.join('')));
        response.on('error', fail);
      });
      text.catch(() => undefined);
      resolve(Object.assign(response, { collected: text }));
    });
  });
type Collected = Response & { collected: Promise<string> };

export const adapter = (built: typeof sources, isBuffered = true): AdapterUnderTest<Client> => ({
  name: isBuffered ? 'guardSuperagent' : 'guardSuperagent with buffer(false)',
  guard: built.guardSuperagent,
  // superagent reads each JSON answer, also with `buffer(false)`.
  ...(!isBuffered && {
    answerFormat: (status, id) => ({ body: `${status} ${id}`, headers: { 'content-type': 'text/plain' } }),
  }),
  async connect(_, { maxSockets, copy, authorization }) {
    const { agent } = copy
      ? ((await loadCopy('superagent', import.meta.url)) as { default: typeof superagent }).default
      : superagent;
    const pool = new Agent({ keepAlive: true, maxSockets: maxSockets ?? Infinity });
    const client = agent().use((request: Request) => void request.agent(pool));
    if (!isBuffered) client.buffer(false);
    if (authorization !== undefined) client.set('authorization', authorization);
    return {
      client: client as unknown as Client,
      async call(guarded, { method, baseUrl, path, headers, body, signal }) {
        const request = method === 'GET' ? guarded.get(baseUrl + path) : guarded.post(baseUrl + path);
        request.set('content-type', body instanceof Uint8Array ? 'application/octet-stream' : 'application/json');
        request.set({ ...headers });
        const abort = (): void => void request.abort();
        signal?.addEventListener('abort', abort);
        if (signal?.aborted) abort();
        try {
          if (body instanceof Readable) return await upload(request, body);
          if (body !== undefined) request.send(typeof body === 'string' ? body : Buffer.from(body));
          return await (isBuffered ? request : collect(request));
        } finally {
          // An abort still ends a body that is being read.
          if (isBuffered) signal?.removeEventListener('abort', abort);
        }
      },
      async read(result) {
        const { status, text, collected } = result as Collected;
        return { status, text: isBuffered ? text : await collected };
      },
      onRequest: (listener) => void client.on('request', listener),
      refuse: async (guarded) => guarded.get('http://127.0.0.1:1/').set('x-broken', 'a\nb'),
      close: () => pool.destroy(),
    };
  },
  lacks: {
    ownOrigin: 'An agent of superagent has no base address.',
    ...(isBuffered
      ? {
          streamAnswer:
            'superagent reads the whole answer unless the caller calls `buffer(false)`, which has tests of its own.',
        }
      : {
          copyAnswer: 'With `buffer(false)`, the data of an answer come as events, once.',
          keptAnswers: 'With `buffer(false)`, superagent does not read the answer.',
        }),
  },
});
