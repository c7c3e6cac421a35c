import { Agent } from 'node:http';
import { createRequire } from 'node:module';
import twilio6, { type Twilio } from 'twilio';
import type { AdapterUnderTest, AnswerFormat, ConnectOptions, ContractServer } from '@holdline/adapter-kit';
import { encodeForm } from './form.js';
import type { SdkRequestClient, TwilioRequestOptions } from './types.js';
import { guardTwilio } from './guard.js';

type Factory = typeof twilio6;
const load = createRequire(import.meta.url);

/** The versions of the SDK that the tests run with. */
export const VERSIONS: Readonly<Record<'5' | '6', Factory>> = { 5: load('twilio-5') as Factory, 6: twilio6 };

export const ACCOUNT = `AC${'a'.repeat(32)}`;
export const WORKSPACE = `WS${'b'.repeat(32)}`;

/** Answers of Twilio: an error has a code, and a task has its attributes as text. */
export const twilioAnswer: AnswerFormat = (status, id) => {
  const error = {
    code: 20_000 + status,
    message: 'Simulated',
    more_info: `https://www.twilio.com/docs/errors/${20_000 + status}`,
    status,
  };
  const item = { id, status, sid: id, attributes: JSON.stringify({ id }), workspace_sid: WORKSPACE };
  return { body: JSON.stringify(status < 400 ? item : error), headers: { 'content-type': 'application/json' } };
};

/** The modules of a second copy of the SDK. Each call of `loadCopy` makes another copy. */
function loadCopy(name: string): Factory {
  const entry = load.resolve(name);
  const folder = entry.slice(0, entry.lastIndexOf('/lib/') + 1);
  const kept = Object.entries(load.cache).filter(([path]) => path.startsWith(folder));
  for (const [path] of kept) Reflect.deleteProperty(load.cache, path);
  try {
    return load(name) as Factory;
  } finally {
    for (const [path, module] of kept) load.cache[path] = module;
  }
}

/** Lets the client send this header. */
function useAuthorization(client: Twilio, authorization: string): void {
  client.setCredentialProvider({
    clientId: authorization,
    getAuthType: () => 'token',
    toAuthStrategy: () => ({ getAuthString: () => Promise.resolve(authorization), requiresAuthentication: () => true }),
  } as never);
}

function makeClient(
  factory: Factory,
  { url }: ContractServer,
  { maxSockets, authorization }: ConnectOptions,
): { client: Twilio; close: () => void } {
  const client = factory(ACCOUNT, 'secret', { accountSid: ACCOUNT });
  if (authorization !== undefined) useAuthorization(client, authorization);
  client.taskrouter.baseUrl = url;
  // The SDK has an agent for https only.
  const httpAgent = new Agent({ keepAlive: true, ...(maxSockets !== undefined && { maxSockets }) });
  Object.assign((client.httpClient as unknown as SdkRequestClient).axios.defaults, { httpAgent });
  return { client, close: () => httpAgent.destroy() };
}

const LACKS = {
  signal: 'the SDK takes no signal; withCall({ signal }) works',
  interceptor: 'the SDK has no interceptors; a request client of the user is below the line',
  streamAnswer: 'the SDK reads the whole answer before its caller gets it',
} as const;

/** Calls of TaskRouter, as users write them. */
export function taskRouterUnderTest(version: keyof typeof VERSIONS): AdapterUnderTest<Twilio> {
  return {
    name: `guardTwilio (TaskRouter, twilio ${version})`,
    guard: guardTwilio,
    answerFormat: twilioAnswer,
    connect(server, options) {
      const factory = options.copy ? loadCopy(version === '6' ? 'twilio' : 'twilio-5') : VERSIONS[version];
      return {
        ...makeClient(factory, server, options),
        call: (client, { method, id, body }) => {
          const task = client.taskrouter.v1.workspaces(WORKSPACE).tasks(id);
          return method === 'GET' ? task.fetch() : task.update({ attributes: body as string });
        },
        refuse: (client) => client.taskrouter.v1.workspaces(WORKSPACE).tasks.list({ limit: -1 }),
        read: (result) => ({ status: 200, text: (result as { attributes: string }).attributes }),
      };
    },
    lacks: {
      ...LACKS,
      headers: 'methods of resources take no headers',
      absoluteUrl: 'methods of resources take no address',
      redirects: 'methods of resources follow no redirects',
      streamBody: 'methods of resources take parameters',
      binaryBody: 'methods of resources take parameters',
      callInfo: 'the SDK makes its own objects of results and errors',
    },
  };
}

/** Calls with `client.request`, which is the SDK's own way to reach any address. */
export function requestUnderTest(version: keyof typeof VERSIONS): AdapterUnderTest<Twilio> {
  const adapter = taskRouterUnderTest(version);
  return {
    ...adapter,
    name: `guardTwilio (client.request, twilio ${version})`,
    async connect(server, options) {
      return {
        ...(await adapter.connect(server, options)),
        call: (client, { method, baseUrl, path, headers, body }) =>
          client.request({
            method: method.toLowerCase() as 'get',
            uri: baseUrl + path,
            headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
            data: body as object,
            allowRedirects: true,
          }),
        refuse: (client) => client.request({ method: 'get', uri: 'gopher://twilio.example/' }),
        read(result) {
          const { statusCode, body } = result as { statusCode: number; body: unknown };
          return { status: statusCode, text: typeof body === 'string' ? body : JSON.stringify(body) };
        },
      };
    },
    lacks: LACKS,
  };
}

/** A request client of a user, which has `request` and nothing else. */
class FetchRequestClient {
  readonly #type = 'application/json';

  async request(options: TwilioRequestOptions) {
    const { method, uri, username, password, authStrategy, headers, data, allowRedirects, signal } = options;
    const given = new Headers(headers as Record<string, string>);
    if (username && password) given.set('Authorization', `Basic ${btoa(`${username}:${password}`)}`);
    else if (authStrategy) given.set('Authorization', await authStrategy.getAuthString());
    const response = await fetch(uri, {
      method,
      headers: given,
      signal: signal ?? null,
      redirect: allowRedirects ? 'follow' : 'manual',
      ...(data !== undefined && {
        body: given.get('content-type') === this.#type ? (data as string) : encodeForm(data),
      }),
    });
    return { statusCode: response.status, body: await response.text(), headers: response.headers };
  }
}

/** Calls with `client.request` over a request client of the user. */
export function ownRequestClientUnderTest(): AdapterUnderTest<Twilio> {
  const adapter = requestUnderTest('6');
  return {
    ...adapter,
    name: 'guardTwilio (request client of the user)',
    async connect(server, { authorization }) {
      const client = twilio6(ACCOUNT, 'secret', { httpClient: new FetchRequestClient() as never });
      if (authorization !== undefined) useAuthorization(client, authorization);
      client.taskrouter.baseUrl = server.url;
      const { call, read } = await adapter.connect(server, { authorization, copy: false, maxSockets: undefined });
      return { client, call, read };
    },
    lacks: {
      ...LACKS,
      oneConnection: 'fetch has no such option',
      redirects: 'nothing sees the redirects that a request client of the user follows',
      secondCopy: 'the request client belongs to no copy of the SDK',
      localFailure: 'fetch gives one error for all requests',
      streamBody: 'this request client sends text',
      binaryBody: 'this request client sends text',
    },
  };
}
