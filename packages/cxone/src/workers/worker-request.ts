import { failed, originOf, type CallRequest, type Outcome } from '@holdline/core';
import type { FetchOptions } from '@holdline/fetch';

/** A call of a worker that has not ended. */
export interface WorkerCall {
  readonly abort: AbortController;
  /** Number of the last attempt. */
  attempt: number;
  /** Ends the attempt on the wire. */
  settle?: ((outcome: Outcome) => void) | undefined;
}

/** The call of a worker as a request of the line. Its attempts are made in the worker. */
export function workerRequest(
  method: string,
  url: string,
  headers: Headers,
  { ownOrigin, ownCredential, identify }: FetchOptions,
  call: WorkerCall,
  send: (message: object) => void,
): CallRequest {
  const authorization = headers.get('authorization') ?? undefined;
  const written: [string, string][] = [];
  return {
    method,
    url,
    headers: {
      get: (name) => headers.get(name) ?? undefined,
      set(name, value) {
        headers.set(name, value);
        written.push([name, value]);
      },
    },
    // Workers send text bodies only.
    replayable: true,
    signal: call.abort.signal,
    ownOrigin: ownOrigin?.(url) ?? originOf(url),
    ownCredential: ownCredential?.(authorization),
    ...identify?.(authorization),
    send: ({ cancellation }) =>
      new Promise<Outcome>((resolve) => {
        const stopListening = (cancellation?.attempt ?? cancellation)?.onCancel((reason) => {
          send({ stop: true });
          call.settle?.(failed(reason, 'cancelled'));
        });
        call.settle = (outcome) => {
          call.settle = undefined;
          stopListening?.();
          resolve(outcome);
        };
        send({ go: written, attempt: ++call.attempt });
      }),
  };
}
