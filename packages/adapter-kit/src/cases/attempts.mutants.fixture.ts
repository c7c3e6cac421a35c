import { AcmeError, type AcmeRequest } from '../reference/acme-client.fixture.js';
import { AcmeCall } from '../reference/acme-adapter.fixture.js';
import { mutant } from '../reference/mutant.fixture.js';
import type { Call, Holdline, Outcome } from '@holdline/core';

/** Sends a request again by itself if its answer fits. */
function repeating(fits: (error: AcmeError, request: AcmeRequest) => boolean) {
  return class extends AcmeCall {
    override async send(call: Call): Promise<Outcome> {
      const { transport, request: given } = this;
      const repeat = async (request: AcmeRequest) => {
        try {
          return await transport(request);
        } catch (error) {
          if (!(error instanceof AcmeError) || !fits(error, given)) throw error;
          error.response?.body.destroy();
          return transport(request);
        }
      };
      Object.assign(this, { transport: repeat });
      try {
        return await super.send(call);
      } finally {
        Object.assign(this, { transport });
      }
    }
  };
}

const retryAfter = ({ response }: AcmeError): unknown => response?.headers['retry-after'];

/** Loses some headers before the second attempt. */
function forgetting(isLost: (name: string) => boolean) {
  return class extends AcmeCall {
    override async send(call: Call): Promise<Outcome> {
      const outcome = await super.send(call);
      for (const name of [...this.sentHeaders.keys()]) if (isLost(name)) this.sentHeaders.delete(name);
      return outcome;
    }
  };
}

/** Calls in flight, by line. */
const inFlight = new WeakMap<Holdline, Set<Promise<unknown>>>();
let credentials = 0;

export const ATTEMPTS_MUTANTS = [
  mutant('makes each request an attempt of the line', {
    // Sends the second attempt of a 503 with Retry-After itself, for reads whose caller gives no header and no signal.
    Call: repeating(
      (error, { method, headers, signal }) =>
        error.response?.status === 503 &&
        retryAfter(error) !== undefined &&
        method === 'GET' &&
        signal === undefined &&
        !('x-contract-note' in headers),
    ),
  }),
  mutant('makes as many requests as the line allows, whatever the client repeats by itself', {
    Call: repeating(
      (error, { method }) => error.response?.status === 503 && retryAfter(error) === undefined && method === 'GET',
    ),
  }),
  mutant('makes no more requests than the line allows when connections break', {
    // Sends a read again itself if its connection broke.
    Call: class extends AcmeCall {
      override async send(call: Call): Promise<Outcome> {
        const { transport, method } = this;
        const isBroken = (error: unknown): boolean => (error as { code?: unknown }).code === 'ECONNRESET';
        const repeat = (request: AcmeRequest) =>
          transport(request).catch((error: unknown) => {
            if (method !== 'GET' || request.signal?.aborted || !isBroken(error)) throw error;
            return transport(request);
          });
        Object.assign(this, { transport: repeat });
        try {
          return await super.send(call);
        } finally {
          Object.assign(this, { transport });
        }
      }
    },
  }),
  mutant('sends the URL of the client unchanged', {
    // Builds the URL again, and loses the case of its letters.
    Call: class extends AcmeCall {
      override get url(): string {
        return this.request.url.toLowerCase();
      }

      override send(call: Call): Promise<Outcome> {
        this.request.url = this.url;
        return super.send(call);
      }
    },
  }),
  mutant('sends all headers that the client sends by itself', {
    // Passes on only the headers that it knows.
    Call: class extends AcmeCall {
      override send(call: Call): Promise<Outcome> {
        if (call.attempts > 1) this.sentHeaders.delete('content-type');
        return super.send(call);
      }
    },
  }),
  mutant('tells the line the method and the absolute URL of each request', {
    Call: class extends AcmeCall {
      override get url(): string {
        const { origin, pathname } = new URL(this.request.url);
        return origin + pathname;
      }
    },
  }),
  mutant('sends the headers that the line writes, with each attempt', {
    Call: forgetting((name) => name === 'idempotency-key'),
  }),
  mutant("sends the caller's own headers unchanged, with each attempt", {
    Call: forgetting((name) => name === 'x-contract-note'),
  }),
  mutant('counts all calls of one credential together', {
    // Names the credential after the call.
    Call: class extends AcmeCall {
      readonly credential =
        this.request.headers['authorization'] === 'Bearer contract' ? `credential ${++credentials}` : undefined;
    },
  }),
  mutant('gives each of ten concurrent calls its own answer', {
    // The tenth concurrent call of a line gets the answer of the first.
    async run(line, call) {
      const running = line.run(call);
      const calls = inFlight.get(line) ?? new Set();
      inFlight.set(line, calls.add(running));
      const [first] = calls;
      const isTenth = calls.size === 10;
      try {
        const result = await running;
        return isTenth ? await first : result;
      } catch (error) {
        call.release(error);
        throw error;
      } finally {
        calls.delete(running);
      }
    },
  }),
  mutant('runs each call in the context of its caller', {
    Call: class extends AcmeCall {
      readonly context = { priority: 'normal' } as const;
    },
  }),
  mutant('lets callInfo() find the result and the error of a call', {
    async run(line, call) {
      // Copies the result.
      const result = (await line.run(call)) as object;
      return Object.create(
        Object.getPrototypeOf(result) as object,
        Object.getOwnPropertyDescriptors(result),
      ) as unknown;
    },
  }),
  mutant("runs the user's interceptors once for each call", {
    Call: class extends AcmeCall {
      override send(call: Call): Promise<Outcome> {
        if (call.attempts > 1) for (const interceptor of this.owner.interceptors) interceptor(this.request);
        return super.send(call);
      }
    },
  }),
];
