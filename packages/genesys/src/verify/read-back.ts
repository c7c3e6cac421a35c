import { callInfo, withCall, type UncertainWrite } from '@holdline/core';
import { answerBody } from '../sdk/answer-body.js';
import type { ApiClientLike } from '../sdk/api-client.js';

/** Reads entities through the guarded client of a write, with the client's own token, quotas and retries. */
export class ReadBack {
  readonly #client: ApiClientLike;
  readonly #endsAt: number;

  constructor(client: ApiClientLike, timeoutMs: number) {
    this.#client = client;
    this.#endsAt = Date.now() + timeoutMs;
  }

  /**
   * Reads one entity. Undefined: it does not exist.
   *
   * @throws the error of any other failure. The write then stays undecided.
   */
  async get(path: string, query: Record<string, string> = {}): Promise<unknown> {
    const totalTimeoutMs = Math.max(1, this.#endsAt - Date.now());
    try {
      // A caller waits for the answer, so the read goes before other calls.
      const answer = await withCall({ totalTimeoutMs, priority: 'high' }, () =>
        (this.#client.callApi as unknown as CallApi)(
          path,
          'GET',
          {},
          query,
          {},
          {},
          null,
          ['PureCloud OAuth'],
          ['application/json'],
          ['application/json'],
        ),
      );
      return answerBody(answer);
    } catch (error) {
      if (callInfo(error)?.status === 404) return undefined;
      throw error;
    }
  }
}

type CallApi = (
  path: string,
  method: 'GET',
  pathParams: object,
  queryParams: object,
  headers: object,
  form: object,
  body: null,
  authNames: string[],
  contentTypes: string[],
  accepts: string[],
) => Promise<unknown>;

/** The client of a write, if it is an `ApiClient` of the SDK. */
export function clientOf({ client }: UncertainWrite): ApiClientLike | undefined {
  return typeof (client as Partial<ApiClientLike> | undefined)?.callApi === 'function'
    ? (client as ApiClientLike)
    : undefined;
}

/** Fields that the platform writes itself. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['version', 'selfUri', 'dateCreated', 'dateModified', 'modifiedDate']);

/** Whether an entity has all fields of a request body. Lists must be equal; null stands for a missing field. */
export function contains(entity: unknown, body: unknown): boolean {
  if (Array.isArray(body)) {
    const list: unknown = entity;
    return (
      Array.isArray(list) && list.length === body.length && body.every((item, index) => contains(list[index], item))
    );
  }
  if (typeof body !== 'object' || body === null) return (entity ?? null) === (body ?? null);
  if (typeof entity !== 'object' || entity === null) return false;
  return Object.entries(body).every(
    ([key, value]) => OWN_FIELDS.has(key) || contains((entity as Record<string, unknown>)[key], value),
  );
}
