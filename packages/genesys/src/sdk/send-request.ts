import type { ApiClientLike } from './api-client.js';

/** A request to the API of a client. */
export interface PlatformRequest {
  readonly method: string;
  /** Path with its parameters in braces. */
  readonly path: string;
  readonly pathParams?: object;
  readonly query?: object;
  readonly body?: unknown;
}

/** Sends a request with JSON through the guarded client, and returns the body of its answer. */
export async function sendRequest(
  client: ApiClientLike,
  { method, path, pathParams = {}, query = {}, body = null }: PlatformRequest,
): Promise<unknown> {
  const json = ['application/json'];
  const callApi = client.callApi as (...args: unknown[]) => Promise<unknown>;
  const auth = ['PureCloud OAuth'];
  const answer = await callApi.call(client, path, method, pathParams, query, {}, {}, body, auth, json, json);
  // With `setReturnExtendedResponses(true)` the SDK returns status and headers around the body.
  const { status, body: inner } = (answer ?? {}) as { status?: unknown; body?: unknown };
  return typeof status === 'number' && inner !== undefined ? inner : answer;
}
