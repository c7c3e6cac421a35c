// How the contract makes and calls clients. The tests call `adapter` with the sources, and `npx holdline adapter-check` with the build.
import { Agent } from 'node:http';
import { loadCopy, type AdapterUnderTest, type ContractRequest } from '@holdline/adapter-kit';
import needle, { type BodyData, type NeedleHttpVerbs, type NeedleOptions, type NeedleResponse } from 'needle';
import type * as sources from '../src/index.js';

type Needle = typeof needle;
type Call = (guarded: Needle, method: NeedleHttpVerbs, url: string, body: BodyData, options: NeedleOptions) => unknown;

/** needle called in one of its forms. */
const underTest = (
  built: typeof sources,
  send: Call,
  form: Pick<AdapterUnderTest<Needle>, 'name' | 'lacks'> & {
    read: (result: unknown) => Promise<{ status: number; text: string }>;
  },
): AdapterUnderTest<Needle> => ({
  name: form.name,
  ...(form.lacks && { lacks: form.lacks }),
  guard: built.guardNeedle,
  // needle.defaults() holds the credential, so each client is a copy of the package of its own.
  async connect(_, { maxSockets, authorization, copy }) {
    const isOwn = copy || authorization !== undefined;
    const client = isOwn ? ((await loadCopy('needle', import.meta.url)) as { default: Needle }).default : needle;
    if (authorization !== undefined) client.defaults({ headers: { authorization } });
    const agent = new Agent({ keepAlive: true, maxSockets: maxSockets ?? Infinity });
    let listener: (() => void) | undefined;
    return {
      client,
      // One call, as a user makes it.
      async call(guarded, { method, baseUrl, path, headers, body, signal }: ContractRequest) {
        return send(
          guarded,
          method.toLowerCase() as NeedleHttpVerbs,
          baseUrl + path,
          // needle takes bytes as a Buffer.
          (body instanceof Uint8Array ? Buffer.from(body) : (body ?? null)) as BodyData,
          {
            agent,
            headers: { 'content-type': 'application/json', ...headers },
            follow_max: 5,
            ...(signal && { signal }),
            ...(listener && {
              uri_modifier(uri: string) {
                listener?.();
                return uri;
              },
            }),
          },
        );
      },
      read: form.read,
      // needle calls `uri_modifier` for each request.
      onRequest(given) {
        listener = given;
      },
      async refuse(guarded) {
        return send(guarded, 'get', 'http://127.0.0.1/', null, { headers: { 'x-text': 'two\nlines' } });
      },
      close: () => agent.destroy(),
    };
  },
});

/** The promise of `needle()`. */
export const adapter = (built: typeof sources): AdapterUnderTest<Needle> =>
  underTest(built, (guarded, method, url, body, options) => guarded(method, url, body, options), {
    name: 'guardNeedle',
    async read(result) {
      const { statusCode, body } = result as NeedleResponse;
      const text = typeof body === 'string' ? body : Buffer.isBuffer(body) ? body.toString() : JSON.stringify(body);
      return { status: statusCode ?? 0, text };
    },
    lacks: {
      ownOrigin: 'needle has no base address.',
      streamAnswer: 'The promise of needle gives an answer when its body has arrived. Its streams pass these cases.',
    },
  });

/** Statuses by stream: a stream of needle tells its status by an event. */
const statuses = new WeakMap<object, number>();

/** The stream that needle returns without a callback. */
export const streams = (built: typeof sources): AdapterUnderTest<Needle> =>
  underTest(
    built,
    (guarded, method, url, body, options) =>
      new Promise((resolve, reject) => {
        // Without a parser, which would read the whole answer.
        const out = guarded.request(method, url, body, { ...options, parse: false });
        out.on('header', (status: number) => {
          statuses.set(out, status);
          resolve(out);
        });
        out.on('done', (error: unknown) => error && reject(error as Error));
      }),
    {
      name: 'guardNeedle with streams',
      async read(result) {
        let text = '';
        for await (const chunk of result as AsyncIterable<unknown>)
          text += typeof chunk === 'string' || Buffer.isBuffer(chunk) ? chunk.toString() : JSON.stringify(chunk);
        return { status: statuses.get(result as object) ?? 0, text };
      },
      lacks: {
        ownOrigin: 'needle has no base address.',
        copyAnswer: 'A stream of Node can be read once.',
        keptAnswers: 'A stream of Node can be read once.',
      },
    },
  );
