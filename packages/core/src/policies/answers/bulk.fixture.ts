import type { Call, CallRequest } from '../../contract/call.js';
import type { CallContext } from '../../contract/context.js';
import { answered, failed, type Outcome } from '../../contract/outcome.js';
import type { BulkOptions } from '../../index.js';
import type { VirtualClock } from '../../testing.js';

export const ORIGIN = 'https://api.test';

/** The bulk reads of the platform below. */
export const USERS: BulkOptions = {
  list: '/users',
  parameter: 'id',
  max: 3,
  pageSize: 'pageSize',
  passes: ['expand', 'state'],
  expands: ['expand'],
  except: ['me'],
};

/** A request of a test. */
export interface Asked {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly context?: CallContext;
  readonly signal?: AbortSignal;
  readonly payload?: string;
  /** Members of the request that replace those of the platform. */
  readonly with?: { [Name in keyof CallRequest]?: CallRequest[Name] | undefined };
}

/** The native result or error of the client. */
export interface Native {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;
}

/** A user of the platform. */
export interface User {
  readonly id: string | number;
  readonly [field: string]: unknown;
}

/** A status, or a connection that breaks. */
type Failure = number | 'reset';

/** A platform with the reads `GET /users/:id` and `GET /users?id=`, which leaves out users that are not active. */
export class UserPlatform {
  /** The sent requests as `at METHOD path`. */
  readonly table: string[] = [];
  /** Credentials of the sent requests. */
  readonly credentials: string[] = [];
  /** The ids of each list. */
  readonly lists: string[][] = [];
  /** Whether each item names the credential and the tenant that it was read for. */
  marksOwner = false;
  /** Priority of each sent request. */
  readonly priorities: number[] = [];
  users = new Map<string, User>();
  /** Largest list. A longer one gets a 400. */
  max = 100;
  /** Whether the list leaves out the fields of `expand`. */
  losesExpand = false;
  afterMs = 0;
  /** The failure of a list. */
  failList: (ids: readonly string[]) => Failure | undefined = () => undefined;
  /** The failure of a single read. */
  failSingle: (id: string) => Failure | undefined = () => undefined;
  /** Changes the body of a list. */
  changeList: (body: string) => unknown = (body) => body;
  /** Number of requests whose signal aborted on the wire. */
  aborted = 0;
  /** Number of released answers. */
  released = 0;

  constructor(readonly clock: VirtualClock) {}

  /** Adds active users. */
  add(...ids: string[]): this {
    for (const id of ids) this.users.set(id, { id, name: `User ${id}` });
    return this;
  }

  request(asked: Asked): CallRequest {
    const { method = 'GET', url, context, signal, payload } = asked;
    const headers = new Map(Object.entries(asked.headers ?? {}));
    const absolute = url.startsWith('/') ? ORIGIN + url : url;
    const request: CallRequest = {
      method,
      url: absolute,
      headers: { get: (name) => headers.get(name), set: (name, value) => void headers.set(name, value) },
      replayable: true,
      context,
      signal,
      payload: () => payload,
      answerBody: (value) => (value as Native).body,
      restoreAnswer: ({ status, headers: kept, body }) => ({ status, body, headers: kept }) satisfies Native,
      variant: ({ url: changed = absolute }) =>
        this.request({ method, url: changed, headers: Object.fromEntries(headers) }),
      discard: () => void this.released++,
      send: (call) => this.#send(method, absolute, headers.get('authorization') ?? '', call),
    };
    return { ...request, ...asked.with } as CallRequest;
  }

  async #send(method: string, url: string, credential: string, call: Call): Promise<Outcome> {
    this.table.push(`${this.clock.now()} ${method} ${url.replace(ORIGIN, '')}`);
    this.credentials.push(credential);
    this.priorities.push(call.priority);
    const { pathname, searchParams } = new URL(url);
    const isList = pathname.endsWith('/users');
    const ids = searchParams.get('id')?.split(',') ?? [];
    if (isList) this.lists.push(ids);
    if (this.afterMs > 0) {
      const isAborted = await new Promise<boolean>((resolve) => {
        const stop = this.clock.setTimer(this.afterMs, () => resolve(false));
        call.cancellation?.onCancel(() => (stop(), resolve(true)));
      });
      if (isAborted) {
        this.aborted++;
        return failed(call.cancellation?.reason, 'cancelled');
      }
    }
    const names = searchParams.get('expand')?.split(',') ?? [];
    const owner = this.marksOwner ? { owner: `${credential} ${call.tenant}` } : {};
    const id = decodeURIComponent(pathname.split('/').at(-1) ?? '');
    const failure = isList ? this.failList(ids) : this.failSingle(id);
    if (failure === 'reset') return failed(Object.assign(new Error('reset'), { code: 'ECONNRESET' }), 'unknown');
    if (failure !== undefined) return this.#answer(failure, { message: `failed ${isList ? 'list' : id}` });
    if (isList) return this.#answerList(ids, names, searchParams.get('state') === 'any', owner);
    const user = this.users.get(id);
    return user
      ? this.#answer(200, { ...expand(user, names), ...owner })
      : this.#answer(404, { message: `no user ${id}` });
  }

  #answerList(ids: readonly string[], names: readonly string[], hasAny: boolean, owner: object): Outcome {
    if (ids.length > this.max) return this.#answer(400, { message: 'too many ids' });
    const entities = ids.flatMap((id) => {
      const user = this.users.get(id);
      if (!user || (user['state'] === 'inactive' && !hasAny)) return [];
      return { ...expand(user, this.losesExpand ? [] : names), ...owner };
    });
    return this.#answer(200, { entities, pageCount: 1 });
  }

  #answer(status: number, data: object): Outcome {
    const text = JSON.stringify(data);
    const body = 'entities' in data ? this.changeList(text) : text;
    const headers: Record<string, string> = { 'content-type': 'application/json', etag: '"1"', 'content-length': '9' };
    const value: Native = { status, body, headers };
    return answered(value, { status, header: (name) => headers[name], threw: status >= 400 });
  }
}

function expand(user: User, fields: readonly string[]): User {
  return { ...user, ...Object.fromEntries(fields.map((field) => [field, `${field} of ${user.id}`])) };
}
