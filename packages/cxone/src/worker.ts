import {
  answered,
  failed,
  originOf,
  patchMethod,
  type CallRequest,
  type Holdline,
  type Outcome,
  type Undo,
} from '@holdline/core';
import type { FetchOptions } from '@holdline/fetch';
import type { LoadWorkerLike } from './sdk.js';

const KEY = '@holdline/cxone';

/**
 * Comes before the code of each worker of the SDK. Each fetch asks the page, which has the line: may it leave, with which headers,
 * and what came of it counts? What is sent, and what the worker gets, stays the worker's own.
 */
const SHIM = `(() => {
  const key = '${KEY}', native = self.fetch, calls = new Map();
  let ids = 0;
  const tell = (message) => self.postMessage({ [key]: message });
  const close = self.close;
  self.close = () => {
    tell({ closed: true });
    close.call(self);
  };
  self.addEventListener('message', (event) => {
    const message = event.data && event.data[key];
    if (!message) return;
    event.stopImmediatePropagation();
    const hear = calls.get(message.id);
    if (hear) hear(message);
  });
  self.fetch = (input, init) => new Promise((resolve, reject) => {
    const request = new Request(input, init), id = ++ids;
    let abort = new AbortController();
    if (request.signal.aborted) return reject(request.signal.reason);
    let response, failure;
    const end = (settle) => {
      calls.delete(id);
      settle();
    };
    request.signal.addEventListener('abort', () => {
      abort.abort(request.signal.reason);
      if (!calls.has(id)) return;
      tell({ id, gone: true });
      end(() => reject(request.signal.reason));
    });
    calls.set(id, async ({ go, attempt, pass, stop, end: message }) => {
      if (pass) return end(() => resolve(native(request)));
      if (stop) {
        const given = abort;
        abort = new AbortController();
        return given.abort();
      }
      if (!go) return end(() => (response ? resolve(response) : reject(failure || new TypeError(message))));
      if (response && response.body) response.body.cancel();
      response = failure = undefined;
      abort = new AbortController();
      const { signal } = abort;
      const headers = new Headers(request.headers);
      for (const [name, value] of go) headers.set(name, value);
      try {
        const answer = await native(new Request(request.clone(), { headers, signal }));
        if (signal !== abort.signal) return answer.body && answer.body.cancel();
        response = answer;
        tell({ id, attempt, status: response.status, headers: [...response.headers] });
      } catch (error) {
        if (signal !== abort.signal) return;
        failure = error;
        tell({ id, attempt, failed: String(error) });
      }
    });
    tell({ id, method: request.method, url: request.url, headers: [...request.headers] });
  });
})();
`;

/** What a worker says of one of its calls. */
interface Told {
  /** Of the call. */
  id: number;
  /** A new call. */
  method?: string;
  url?: string;
  headers?: [string, string][];
  /** The end of an attempt, and which one. */
  attempt?: number;
  status?: number;
  failed?: string;
  /** Nobody wants it any more. */
  gone?: boolean;
  /** The worker closes itself: nobody wants any. */
  closed?: boolean;
}

/** A call of a worker, under way. */
interface WorkerCall {
  readonly abort: AbortController;
  /** Number of the attempt made last. */
  attempt: number;
  /** Ends the attempt that is on the wire. */
  settle?: ((outcome: Outcome) => void) | undefined;
}

/** Hangs the workers of the SDK on a line. Those that are there already stay as they are. */
export function attachWorkers({ prototype }: LoadWorkerLike, line: Holdline, options: FetchOptions): Undo {
  let attached = true;
  const undo = patchMethod(
    prototype,
    'initWorker',
    (original) =>
      function (this: LoadWorkerLike['prototype'], code, name) {
        const worker = original.call(this, SHIM + code, name);
        watch(worker, line, options, () => attached);
        return worker;
      },
  );
  return () => {
    attached = false;
    undo();
  };
}

function watch(worker: Worker, line: Holdline, options: FetchOptions, isAttached: () => boolean): void {
  const calls = new Map<number, WorkerCall>();
  const tell = (message: object): void => worker.postMessage({ [KEY]: message });

  const give = (id: number, reason: unknown): void => {
    const call = calls.get(id);
    calls.delete(id);
    call?.abort.abort(reason);
    call?.settle?.(failed(reason, 'cancelled'));
  };

  const giveAll = (words: string): void => {
    for (const id of [...calls.keys()]) give(id, new DOMException(words, 'AbortError'));
  };

  const begin = ({ id, method = 'GET', url = '', headers = [] }: Told): void => {
    const { governs, bypass } = options;
    if (!isAttached() || !governs?.(url) || bypass?.(url)) return tell({ id, pass: true });
    const call: WorkerCall = { abort: new AbortController(), attempt: 0 };
    calls.set(id, call);
    const request = requestOf(method, url, new Headers(headers), options, call, (message) => tell({ id, ...message }));
    line.run(request).then(
      () => {
        calls.delete(id);
        tell({ id, end: '' });
      },
      (error: unknown) => {
        calls.delete(id);
        tell({ id, end: error instanceof Error ? error.message : String(error) });
      },
    );
  };

  // The first listener of all: what is ours is seen by nobody else.
  worker.addEventListener('message', (event: MessageEvent<{ [KEY]?: Told } | null | undefined>) => {
    const told = event.data?.[KEY];
    if (!told) return;
    event.stopImmediatePropagation();
    const { id, url, status, gone, closed } = told;
    if (url !== undefined) begin(told);
    else if (closed) giveAll('The worker closed itself');
    else if (gone) give(id, new DOMException('The worker gave it up', 'AbortError'));
    // It was ended for its time, and another one is under way.
    else if (told.attempt !== calls.get(id)?.attempt) return;
    else if (status === undefined) calls.get(id)?.settle?.(failed(new TypeError(told.failed), 'unknown'));
    else {
      const received = new Headers(told.headers);
      calls.get(id)?.settle?.(answered(told, { status, header: (name) => received.get(name) ?? undefined }));
    }
  });
  patchMethod(
    worker,
    'terminate',
    (original) =>
      function () {
        original.call(worker);
        giveAll('The worker was terminated');
      },
  );
}

/** One call of a worker, as the line sees it. */
function requestOf(
  method: string,
  url: string,
  headers: Headers,
  { ownOrigin, ownCredential, identify }: FetchOptions,
  call: WorkerCall,
  tell: (message: object) => void,
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
    // The workers send texts.
    replayable: true,
    signal: call.abort.signal,
    ownOrigin: ownOrigin?.(url) ?? originOf(url),
    ownCredential: ownCredential?.(authorization),
    ...identify?.(authorization),
    send: ({ cancellation }) =>
      new Promise<Outcome>((resolve) => {
        const stop = (cancellation?.attempt ?? cancellation)?.onCancel((reason) => {
          tell({ stop: true });
          call.settle?.(failed(reason, 'cancelled'));
        });
        call.settle = (outcome) => {
          call.settle = undefined;
          stop?.();
          resolve(outcome);
        };
        tell({ go: written, attempt: ++call.attempt });
      }),
  };
}
