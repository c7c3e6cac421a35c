/** Property of a message between the page and a worker that holds the data of Holdline. */
export const MESSAGE_KEY = '@holdline/cxone';

/**
 * Runs before the code of each SDK worker and replaces its `fetch`. The line is in the page, so each `fetch` asks the page for an
 * attempt, gets the headers to send, and reports the outcome. The body and the response stay in the worker.
 *
 * Worker to page: `WorkerMessage`. Page to worker: `pass` (send without the line), `go` and `attempt` (make an attempt with these
 * headers), `stop` (end the attempt), `end` (the call has ended).
 */
export const WORKER_SCRIPT = `(() => {
  const key = '${MESSAGE_KEY}', native = self.fetch, calls = new Map();
  let lastId = 0;
  const send = (message) => self.postMessage({ [key]: message });
  const close = self.close;
  self.close = () => {
    send({ closed: true });
    close.call(self);
  };
  self.addEventListener('message', (event) => {
    const message = event.data && event.data[key];
    if (!message) return;
    event.stopImmediatePropagation();
    const handle = calls.get(message.id);
    if (handle) handle(message);
  });
  self.fetch = (input, init) => new Promise((resolve, reject) => {
    const request = new Request(input, init), id = ++lastId;
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
      send({ id, gone: true });
      end(() => reject(request.signal.reason));
    });
    calls.set(id, async ({ go, attempt, pass, stop, end: message }) => {
      if (pass) return end(() => resolve(native(request)));
      if (stop) {
        const stopped = abort;
        abort = new AbortController();
        return stopped.abort();
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
        send({ id, attempt, status: response.status, headers: [...response.headers] });
      } catch (error) {
        if (signal !== abort.signal) return;
        failure = error;
        send({ id, attempt, failed: String(error) });
      }
    });
    send({ id, method: request.method, url: request.url, headers: [...request.headers] });
  });
})();
`;
