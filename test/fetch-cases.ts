import type { Echo } from './fetch-server.js';

/** Servers of a case: the origin of the page and two other origins. */
export interface Places {
  home: string;
  /** Exposes its headers to other origins. */
  away: string;
  /** Hides its headers from other origins. */
  hidden: string;
}

/** A case of fetch. `run` returns the observed behaviour as plain data. A guarded fetch must return the same data. */
export interface FetchCase {
  name: string;
  /**
   * Sends a stream. Chromium rejects streams over HTTP/1.1 with a plain network error. A line that retries then reports an
   * unknown outcome.
   */
  streams?: true;
  run(fetch: typeof globalThis.fetch, at: Places): Promise<unknown>;
}

type Fetch = typeof globalThis.fetch;

/** The class of the error that rejects a promise, and the code of its cause. The message is left out. */
async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return `resolved: ${String(await promise)}`;
  } catch (error) {
    if (!(error instanceof Error)) return { thrown: error };
    const { name, constructor, cause } = error as Error & { cause?: { code?: unknown } };
    const dom = error instanceof DOMException;
    return { name, constructor: constructor.name, dom, causedBy: cause?.code, caused: cause !== undefined };
  }
}

/** The properties of a response that need no reading of the body. */
function headOf(response: Response, at: Places, ...names: string[]): object {
  const { status, statusText, ok, type, redirected, bodyUsed } = response;
  const url = response.url.replace(at.home, 'home').replace(at.away, 'away').replace(at.hidden, 'hidden');
  // Two answers may have different dates.
  const headers = names.map(
    (name) => `${name}: ${name === 'date' ? response.headers.has(name) : response.headers.get(name)}`,
  );
  const native = response instanceof Response && Object.getPrototypeOf(response) === Response.prototype;
  return { status, statusText, ok, type, redirected, bodyUsed, hasBody: response.body !== null, url, headers, native };
}

/** The request that the server received. */
async function echo(promise: Promise<Response>): Promise<Partial<Echo>> {
  return (await (await promise).json()) as Echo;
}

const post = (body: BodyInit, more: RequestInit = {}): RequestInit => ({ method: 'POST', body, ...more });
const encoder = new TextEncoder();
const chunks = (...texts: string[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(encoder.encode(text));
      controller.close();
    },
  });
const streaming = (...texts: string[]): RequestInit => post(chunks(...texts), { duplex: 'half' } as RequestInit);
const form = (): FormData => {
  const data = new FormData();
  data.append('field', 'välue');
  data.append('file', new Blob(['content'], { type: 'text/plain' }), 'name.txt');
  return data;
};
let names = 0;
const freshName = (): string => `${(names += 1)}-${Math.random()}`;

/** Creates one case per value. */
function each<T>(
  name: string,
  values: Record<string, T>,
  run: (fetch: Fetch, at: Places, value: T) => Promise<unknown>,
): FetchCase[] {
  return Object.entries(values).map(([label, value]) => ({
    name: `${name}: ${label}`,
    run: (fetch, at) => run(fetch, at, value),
  }));
}

const FORMS: FetchCase[] = [
  ...each<(url: string) => [RequestInfo | URL, RequestInit?]>(
    'forms',
    {
      'a string': (url) => [url],
      'a URL': (url) => [new URL(url)],
      'an object with toString': (url) => [{ toString: () => url } as never],
      'a Request': (url) => [new Request(url, { headers: { 'x-a': '1' } })],
      'a Request with overriding options': (url) => [
        new Request(url, { method: 'POST', body: 'old', headers: { 'x-a': '1', 'x-b': '2' } }),
        { method: 'PUT', body: 'new', headers: { 'x-a': '3' } },
      ],
      'a Request with a body and other headers': (url) => [
        new Request(url, { method: 'POST', body: 'old', headers: { 'x-a': '1' } }),
        { headers: [['x-b', '2']] },
      ],
      'a Request in place of the options': (url) => [
        url,
        new Request(url, { method: 'DELETE', headers: { 'x-a': '1' } }),
      ],
      'options with inherited properties': (url) => [
        url,
        Object.create({ method: 'PATCH', headers: { 'x-a': '1' } }) as RequestInit,
      ],
      'null options': (url) => [url, null as never],
      'undefined options': (url) => [url, undefined as never],
      'undefined members': (url) => [
        url,
        { method: undefined, headers: undefined, body: undefined, signal: undefined } as never,
      ],
      'null members': (url) => [url, { body: null, signal: null }],
      'headers as pairs, twice the same': (url) => [
        url,
        {
          headers: [
            ['x-a', '1'],
            ['x-a', '2'],
          ],
        },
      ],
      'headers as Headers': (url) => [url, { headers: new Headers({ 'X-A': '1' }) }],
      'headers as a Map': (url) => [url, { headers: new Map([['x-a', '1']]) as never }],
      'headers of numbers': (url) => [url, { headers: { 'x-a': 1 } as never }],
      'a small method': (url) => [url, { method: 'post' }],
      'a method in lower case': (url) => [url, { method: 'patch' }],
      'a query and a fragment': (url) => [`${url}?a=b c&d=ä#part`],
    },
    (fetch, at, args) => errorOf(echo(fetch(...args(`${at.home}/echo`))).then((seen) => JSON.stringify(seen))),
  ),
  ...each<(url: string) => [unknown, unknown?]>(
    'refused',
    {
      'no URL at all': () => [undefined],
      'no host': () => ['http://'],
      'a symbol': () => [Symbol('url')],
      'an unknown scheme': () => ['gopher://127.0.0.1/'],
      'credentials in the URL': () => ['http://me:secret@127.0.0.1/'],
      'a port that browsers block': () => ['http://127.0.0.1:6666/'],
      'a method with a blank': (url) => [url, { method: 'A B' }],
      'a forbidden method': (url) => [url, { method: 'TRACE' }],
      'a body with GET': (url) => [url, { body: 'x' }],
      'a header with a blank': (url) => [url, { headers: { 'a b': '1' } }],
      'a header with a line end': (url) => [url, { headers: { 'x-a': '1\r\nx-b: 2' } }],
      'headers that are not pairs': (url) => [url, { headers: [['x-a']] }],
      'an invalid redirect mode': (url) => [url, { redirect: 'sometimes' }],
      'the mode of navigations': (url) => [url, { mode: 'navigate' }],
      'a stream without duplex': (url) => [url, { method: 'POST', body: chunks('a') }],
      'invalid options': (url) => [url, 5],
      'an invalid signal': (url) => [url, { signal: {} }],
      'a used Request': (url) => {
        const request = new Request(url, post('x'));
        void request.text();
        return [request];
      },
    },
    (fetch, at, args) => errorOf(fetch(...(args(`${at.home}/echo`) as [never, never]))),
  ),
  {
    name: 'a relative URL',
    run: (fetch) => errorOf(fetch('/echo?relative').then((response) => response.status)),
  },
  ...each(
    'a scheme without network access',
    { data: () => 'data:text/plain,inline', blob: () => URL.createObjectURL(new Blob(['blob'])) },
    async (fetch, _, url) => (await fetch(url())).text(),
  ),
];

const UP: FetchCase[] = [
  ...each<() => BodyInit>(
    'request body',
    {
      string: () => 'text ü',
      empty: () => '',
      URLSearchParams: () => new URLSearchParams({ a: '1', b: 'ü' }),
      FormData: form,
      Blob: () => new Blob(['blob'], { type: 'application/x-own' }),
      'Blob without a type': () => new Blob(['blob']),
      ArrayBuffer: () => encoder.encode('buffer').buffer,
      Uint8Array: () => encoder.encode('bytes'),
      'part of a buffer': () => encoder.encode('bytes').subarray(1, 3),
      DataView: () => new DataView(encoder.encode('view').buffer),
    },
    async (fetch, at, body) => [
      await echo(fetch(`${at.home}/echo`, post(body()))),
      await echo(fetch(new Request(`${at.home}/echo`, post(body())))),
      await echo(fetch(`${at.home}/echo`, post(body(), { headers: { 'content-type': 'application/own' } }))),
    ],
  ),
  {
    name: 'a body for another origin',
    run: async (fetch, at) =>
      echo(fetch(`${at.away}/echo`, post('{}', { headers: { 'content-type': 'application/json' } }))),
  },
  {
    name: 'a stream as request body',
    streams: true,
    run: (fetch, at) => errorOf(echo(fetch(`${at.home}/echo`, streaming('a', 'b'))).then(({ body }) => body)),
  },
  {
    name: 'a Request with a stream as body',
    streams: true,
    run: (fetch, at) =>
      errorOf(echo(fetch(new Request(`${at.home}/echo`, streaming('a', 'b')))).then(({ body }) => body)),
  },
  {
    name: 'a failing stream as request body',
    run: (fetch, at) => {
      const body = new ReadableStream({ pull: (controller) => controller.error(new RangeError('mine')) });
      return errorOf(fetch(`${at.home}/echo`, { method: 'PUT', body, duplex: 'half' } as RequestInit));
    },
  },
  {
    name: 'sending a Request marks its body as used at once',
    run: async (fetch, at) => {
      const request = new Request(`${at.home}/echo`, post('x'));
      const response = fetch(request);
      const seen: unknown[] = [request.bodyUsed, await errorOf(fetch(request))];
      const { body } = await echo(response);
      return [...seen, body, request.bodyUsed, await errorOf(request.text())];
    },
  },
  {
    name: 'sending a clone leaves the original Request unused',
    run: async (fetch, at) => {
      const request = new Request(`${at.home}/echo`, post('x', { headers: { 'x-a': '1' } }));
      const [a, b] = await Promise.all([echo(fetch(request.clone())), echo(fetch(request))]);
      return [a, b, request.bodyUsed];
    },
  },
  {
    name: 'a Request without a body can be sent twice',
    run: async (fetch, at) => {
      const request = new Request(`${at.home}/echo`, { headers: { 'x-a': '1' } });
      return [await echo(fetch(request)), await echo(fetch(request)), request.bodyUsed];
    },
  },
  {
    name: 'changes after the call have no effect',
    run: async (fetch, at) => {
      const headers = new Headers({ 'x-a': '1' });
      const plain: Record<string, string> = { 'x-a': '1' };
      const options = { method: 'PUT', headers: plain };
      const request = new Request(`${at.home}/echo`, { headers });
      const calls = [fetch(`${at.home}/echo`, { headers }), fetch(`${at.home}/echo`, options), fetch(request)];
      headers.set('x-a', '2');
      plain['x-a'] = '2';
      options.method = 'DELETE';
      request.headers.set('x-a', '2');
      const seen = await Promise.all(calls.map(echo));
      return seen.map((one) => [one.method, one.headers?.['x-a']]);
    },
  },
];

const DOWN: FetchCase[] = [
  ...each(
    'status',
    { 200: 200, 204: 204, 206: 206, 304: 304, 400: 400, 401: 401, 404: 404, 410: 410, 500: 500, 501: 501 },
    async (fetch, at, status) => {
      const response = await fetch(`${at.home}/status/${status}`);
      return [headOf(response, at, 'x-told', 'content-type'), await response.text(), response.bodyUsed];
    },
  ),
  {
    name: 'HEAD',
    run: async (fetch, at) => {
      const response = await fetch(`${at.home}/echo`, { method: 'HEAD' });
      return [headOf(response, at, 'content-type'), await response.text()];
    },
  },
  ...each<(response: Response) => Promise<unknown>>(
    'response body',
    {
      text: (response) => response.text(),
      json: async (response) => Object.keys((await response.json()) as object),
      arrayBuffer: async (response) => (await response.arrayBuffer()).byteLength,
      blob: async (response) => (await response.blob()).type,
      'text twice': async (response) => [await response.text(), await errorOf(response.text())],
      'clone, both read': async (response) => {
        const clone = response.clone();
        return [await response.text(), clone.bodyUsed, await clone.text()];
      },
      'clone after reading': async (response) => {
        await response.text();
        return errorOf(Promise.resolve().then(() => response.clone()));
      },
      'a reader': async (response) => {
        const reader = response.body?.getReader();
        const first = await reader?.read();
        return [response.bodyUsed, response.body?.locked, first?.done, await errorOf(response.text())];
      },
      cancel: async (response) => {
        await response.body?.cancel();
        return [response.bodyUsed, await errorOf(response.text())];
      },
      'through a transform': async (response) => {
        const piped = response.body?.pipeThrough(new TextDecoderStream()).getReader();
        return [(await piped?.read())?.value, response.body?.locked];
      },
    },
    async (fetch, at, read) => {
      const response = await fetch(`${at.home}/echo?down`);
      return [response.bodyUsed, await read(response)];
    },
  ),
  {
    name: 'a form as response body',
    run: async (fetch, at) => [...(await (await fetch(`${at.home}/form`)).formData())],
  },
  { name: 'a compressed body', run: async (fetch, at) => (await fetch(`${at.home}/gzip`)).text() },
  {
    name: 'chunks of a body arrive before its end',
    run: async (fetch, at) => {
      const name = freshName();
      const response = await fetch(`${at.home}/halves/${name}`);
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      const first = await reader?.read();
      await (await fetch(`${at.home}/go/${name}`)).text();
      return [first?.value, (await reader?.read())?.value, (await reader?.read())?.done];
    },
  },
  {
    name: 'an incomplete body',
    run: async (fetch, at) => {
      const response = await fetch(`${at.home}/half`);
      return [headOf(response, at), await errorOf(response.text())];
    },
  },
  { name: 'a closed connection', run: (fetch, at) => errorOf(fetch(`${at.home}/reset`)) },
  { name: 'a port without a server', run: (fetch) => errorOf(fetch('http://127.0.0.1:9/')) },
];

/** Aborts with different reasons before the call, right after it, and while it waits. */
const ABORTS: FetchCase[] = [
  ...each<unknown>(
    'abort',
    {
      'without a reason': undefined,
      'with an error': new RangeError('mine'),
      'with a string': 'mine',
      'with null': null,
    },
    async (fetch, at, reason) => {
      const seen: unknown[] = [];
      for (const when of ['before', 'at once', 'waiting']) {
        const controller = new AbortController();
        if (when === 'before') controller.abort(reason);
        const call = fetch(`${at.home}/hang`, { signal: controller.signal });
        if (when === 'waiting') setTimeout(() => controller.abort(reason), 60);
        else controller.abort(reason);
        const own = await call.catch((error: unknown) => error === controller.signal.reason);
        seen.push([when, own, await errorOf(call)]);
      }
      return seen;
    },
  ),
  {
    name: 'abort of a read and an unread body',
    run: async (fetch, at) => {
      const controller = new AbortController();
      const { signal } = controller;
      const response = await fetch(`${at.home}/halves/${freshName()}`, { signal });
      const read = errorOf(response.text());
      const unread = await fetch(new Request(`${at.home}/halves/${freshName()}`, { signal }));
      controller.abort(new RangeError('mine'));
      return [await read, await errorOf(unread.text())];
    },
  },
  {
    name: 'abort after the end of the response',
    run: async (fetch, at) => {
      const controller = new AbortController();
      const response = await fetch(`${at.home}/echo`, { signal: controller.signal });
      const clone = response.clone();
      await response.text();
      await clone.text();
      controller.abort();
      return [response.status, response.bodyUsed];
    },
  },
  ...each<(url: string) => [RequestInfo, RequestInit?]>(
    'abort by',
    {
      'a timeout': (url) => [url, { signal: AbortSignal.timeout(60) }],
      'one of several': (url) => [
        url,
        { signal: AbortSignal.any([AbortSignal.timeout(60), new AbortController().signal]) },
      ],
      "a Request's own signal": (url) => [new Request(url, { signal: AbortSignal.timeout(60) })],
      "a Request's own signal, with a body": (url) => [
        new Request(url, post('x', { signal: AbortSignal.timeout(60) })),
      ],
      'a signal that overrides the one of a Request': (url) => [
        new Request(url, { signal: new AbortController().signal }),
        { signal: AbortSignal.timeout(60) },
      ],
      'an aborted signal': (url) => [new Request(url, post('x', { signal: AbortSignal.abort('mine') }))],
    },
    (fetch, at, args) => errorOf(fetch(...args(`${at.home}/hang`))),
  ),
  {
    name: 'null that overrides the signal of a Request',
    run: async (fetch, at) => {
      const request = new Request(`${at.home}/echo`, { signal: AbortSignal.abort() });
      return errorOf(fetch(request, { signal: null }).then((response) => response.status));
    },
  },
];

const REDIRECTS: FetchCase[] = [
  ...each('redirect', { 301: 301, 302: 302, 303: 303, 307: 307, 308: 308 }, async (fetch, at, status) => {
    const url = `${at.home}/redirect/${status}?to=/echo`;
    const seen: unknown[] = [];
    for (const init of [{}, { method: 'HEAD' }, post('body'), { method: 'PUT', body: 'body' }]) {
      const response = await fetch(url, init);
      seen.push(headOf(response, at), await response.text());
      const request = await fetch(new Request(url, init));
      seen.push(headOf(request, at), await request.text());
    }
    return seen;
  }),
  ...each<RequestRedirect>(
    'redirect mode',
    { manual: 'manual', error: 'error', follow: 'follow' },
    async (fetch, at, redirect) => {
      const seen: unknown[] = [];
      for (const to of ['/echo', `${at.away}/echo`, 'data:,inline', 'http://']) {
        const url = `${at.home}/redirect/302?to=${encodeURIComponent(to)}`;
        const call = fetch(url, { redirect });
        seen.push(
          await errorOf(call),
          await call.then((response) => headOf(response, at, 'location')).catch(() => 'failed'),
        );
        seen.push(await errorOf(fetch(new Request(url, { redirect })).then(({ status }) => status)));
      }
      return seen;
    },
  ),
  { name: 'an endless redirect', run: (fetch, at) => errorOf(fetch(`${at.home}/loop`)) },
  {
    name: 'a redirect without a Location header',
    run: async (fetch, at) => headOf(await fetch(`${at.home}/status/302`), at),
  },
  {
    name: 'a fragment across a redirect',
    run: async (fetch, at) => headOf(await fetch(`${at.home}/redirect/302?to=/echo%23b#a`), at),
  },
  {
    name: 'a stream across a redirect',
    streams: true,
    run: (fetch, at) => errorOf(fetch(`${at.home}/redirect/307?to=/echo`, streaming('a'))),
  },
  {
    name: 'credentials of the user across a redirect to another origin and within one origin',
    run: async (fetch, at) => {
      const headers = { authorization: 'Bearer mine', 'x-a': '1' };
      const away = encodeURIComponent(`${at.away}/echo`);
      return [
        await echo(fetch(`${at.home}/redirect/302?to=${away}`, { headers })),
        await echo(fetch(`${at.home}/redirect/302?to=/echo`, { headers })),
        await echo(fetch(new Request(`${at.home}/redirect/307?to=${away}`, post('x', { headers })))),
      ];
    },
  },
];

const MODES: FetchCase[] = [
  {
    name: 'exposed and hidden headers of other origins',
    run: async (fetch, at) => [
      headOf(await fetch(`${at.away}/echo`), at, 'x-told', 'content-type', 'date'),
      headOf(await fetch(`${at.hidden}/echo`), at, 'x-told', 'content-type', 'date'),
    ],
  },
  ...each<RequestMode>(
    'mode',
    { 'no-cors': 'no-cors', cors: 'cors', 'same-origin': 'same-origin' },
    async (fetch, at, mode) => {
      const seen: unknown[] = [];
      for (const place of [at.home, at.away]) {
        const call = fetch(`${place}/echo`, { mode });
        seen.push(
          await errorOf(call),
          await call.then((response) => headOf(response, at, 'x-told')).catch(() => 'failed'),
        );
        const closed = fetch(new Request(`${place}/status/200`, { mode, headers: { 'x-a': '1' } }));
        seen.push(await closed.then((response) => headOf(response, at, 'x-told')).catch(() => 'failed'));
      }
      return seen;
    },
  ),
  {
    name: 'an origin without CORS headers',
    run: (fetch, at) => errorOf(fetch(`${at.away}/closed`).then(({ status }) => status)),
  },
  ...each<RequestCredentials>(
    'credentials',
    { omit: 'omit', 'same-origin': 'same-origin', include: 'include' },
    async (fetch, at, credentials) => {
      await (await fetch(`${at.home}/cookie`, { credentials: 'include' })).text();
      const { headers } = await echo(fetch(`${at.home}/echo`, { credentials }));
      const request = await echo(fetch(new Request(`${at.home}/echo`, { credentials })));
      return [headers?.['cookie'], request.headers?.['cookie']];
    },
  ),
  ...each<RequestInit>(
    'option',
    {
      keepalive: { keepalive: true },
      'keepalive with a body': post('beacon', { keepalive: true }),
      referrer: { referrer: 'about:client', referrerPolicy: 'unsafe-url' },
      'no referrer': { referrer: '' },
      referrerPolicy: { referrerPolicy: 'no-referrer' },
      'cache no-store': { cache: 'no-store' },
      'cache reload': { cache: 'reload' },
      'cache no-cache': { cache: 'no-cache' },
      'cache only-if-cached': { cache: 'only-if-cached', mode: 'same-origin' },
      priority: { priority: 'high' },
      'integrity that does not match': { integrity: 'sha256-AAAA' },
      'forbidden headers': { headers: { 'x-a': '1', host: 'elsewhere', cookie: 'a=b', 'accept-encoding': 'none' } },
    },
    async (fetch, at, init) => {
      const over = new Request(`${at.home}/echo`, { headers: { 'x-b': '1' }, referrerPolicy: 'origin' });
      const asked = new Request(`${at.home}/echo`, init);
      const calls = [
        echo(fetch(`${at.home}/echo`, init)),
        echo(fetch(asked)),
        echo(fetch(over, init)),
        echo(fetch(over)),
      ];
      return Promise.all(calls.map((call) => call.catch(() => errorOf(call))));
    },
  ),
  {
    name: 'integrity that matches',
    run: async (fetch, at) => {
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode('a=1&b=2')));
      const integrity = `sha256-${btoa(String.fromCharCode(...digest))}`;
      return (await fetch(`${at.home}/form`, { integrity })).text();
    },
  },
  {
    name: 'many concurrent requests, each with its own response',
    run: async (fetch, at) => {
      const seen = await Promise.all(
        Array.from({ length: 12 }, (_, i) => echo(fetch(`${at.home}/echo?${i}`, post(`${i}`)))),
      );
      return seen.map(({ url, body }) => `${url} ${body}`);
    },
  },
];

export const FETCH_CASES: FetchCase[] = [...FORMS, ...UP, ...DOWN, ...ABORTS, ...REDIRECTS, ...MODES];
