import { answered, failed, patchMethod, type Holdline, type Undo } from '@holdline/core';
import type { FetchOptions } from '@holdline/fetch';
import type { LoadWorkerLike } from '../sdk/sdk-parts.js';
import type { WorkerMessage } from './worker-message.js';
import { workerRequest, type WorkerCall } from './worker-request.js';
import { MESSAGE_KEY, WORKER_SCRIPT } from './worker-script.js';

/** Attaches the workers that the SDK makes from now on to a line. Existing workers stay unchanged. */
export function attachWorkers({ prototype }: LoadWorkerLike, line: Holdline, options: FetchOptions): Undo {
  let isAttached = true;
  const undo = patchMethod(
    prototype,
    'initWorker',
    (original) =>
      function (this: LoadWorkerLike['prototype'], code, name) {
        const worker = original.call(this, WORKER_SCRIPT + code, name);
        governWorker(worker, line, options, () => isAttached);
        return worker;
      },
  );
  return () => {
    isAttached = false;
    undo();
  };
}

/** Runs the calls of one worker on the line. */
function governWorker(worker: Worker, line: Holdline, options: FetchOptions, isAttached: () => boolean): void {
  const calls = new Map<number, WorkerCall>();
  const send = (message: object): void => worker.postMessage({ [MESSAGE_KEY]: message });

  const cancelCall = (id: number, reason: unknown): void => {
    const call = calls.get(id);
    calls.delete(id);
    call?.abort.abort(reason);
    call?.settle?.(failed(reason, 'cancelled'));
  };

  const cancelAll = (reason: string): void => {
    for (const id of [...calls.keys()]) cancelCall(id, new DOMException(reason, 'AbortError'));
  };

  const beginCall = ({ id, method = 'GET', url = '', headers = [] }: WorkerMessage): void => {
    const { governs, bypass } = options;
    if (!isAttached() || !governs?.(url) || bypass?.(url)) return send({ id, pass: true });
    const call: WorkerCall = { abort: new AbortController(), attempt: 0 };
    calls.set(id, call);
    const request = workerRequest(method, url, new Headers(headers), options, call, (message) =>
      send({ id, ...message }),
    );
    line.run(request).then(
      () => {
        calls.delete(id);
        send({ id, end: '' });
      },
      (error: unknown) => {
        calls.delete(id);
        send({ id, end: error instanceof Error ? error.message : String(error) });
      },
    );
  };

  // This listener is the first, so that no listener of the SDK sees the messages of Holdline.
  worker.addEventListener('message', (event: MessageEvent<{ [MESSAGE_KEY]?: WorkerMessage } | null | undefined>) => {
    const message = event.data?.[MESSAGE_KEY];
    if (!message) return;
    event.stopImmediatePropagation();
    const { id, url, status, gone, closed } = message;
    if (url !== undefined) beginCall(message);
    else if (closed) cancelAll('The worker closed itself');
    else if (gone) cancelCall(id, new DOMException('The worker aborted the call', 'AbortError'));
    // An earlier attempt, which reached its time limit, answers late.
    else if (message.attempt !== calls.get(id)?.attempt) return;
    else if (status === undefined) calls.get(id)?.settle?.(failed(new TypeError(message.failed), 'unknown'));
    else {
      const received = new Headers(message.headers);
      calls.get(id)?.settle?.(answered(message, { status, header: (name) => received.get(name) ?? undefined }));
    }
  });
  patchMethod(
    worker,
    'terminate',
    (original) =>
      function () {
        original.call(worker);
        cancelAll('The worker was terminated');
      },
  );
}
