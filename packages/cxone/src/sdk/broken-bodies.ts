/** Methods with which the SDK reads the body of an answer. */
const READ_METHODS = ['text', 'blob'] as const;

type Read = (this: unknown) => Promise<unknown>;

/**
 * Ends methods of the SDK whose answer breaks. The SDK handles no failure of `response.text()` and `response.blob()`: its method never
 * settles, and Node ends the process for the unhandled rejection.
 */
export class BrokenBodies {
  /** Rejects the method that runs now. */
  #reject: ((error: unknown) => void) | undefined;

  /** Runs a method of the SDK. Its promise rejects as soon as the body of an answer breaks. */
  runMethod(method: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const outer = this.#reject;
      this.#reject = reject;
      try {
        method().then(resolve, reject);
      } finally {
        this.#reject = outer;
      }
    });
  }

  /** Watches the answer to a request that the running method starts. */
  watchAnswer<R extends object>(request: Promise<R>): Promise<R> {
    const reject = this.#reject;
    return reject ? request.then((response) => watchBody(response, reject)) : request;
  }
}

/** Passes a failure of the body to `onFailure`. The SDK then waits for a promise that nobody needs. */
function watchBody<R extends object>(response: R, onFailure: (error: unknown) => void): R {
  for (const name of READ_METHODS) {
    const read = (response as Record<string, unknown>)[name] as Read | undefined;
    if (typeof read !== 'function') continue;
    const value = function (this: unknown): Promise<unknown> {
      return new Promise((resolve) => void read.call(this).then(resolve, onFailure));
    };
    Object.defineProperty(response, name, { value, writable: true, configurable: true });
  }
  return response;
}
