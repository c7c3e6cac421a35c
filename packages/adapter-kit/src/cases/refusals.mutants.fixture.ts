import { failed, type Outcome } from '@holdline/core';
import { AcmeError, type AcmeResponse } from '../reference/acme-client.fixture.js';
import { AcmeCall } from '../reference/acme-adapter.fixture.js';
import { mutant } from '../reference/mutant.fixture.js';

/** Hides some headers of some answers from the line. */
function hiding(isHidden: (name: string, response: AcmeResponse, value: string, method: string) => boolean) {
  return class extends AcmeCall {
    protected override readHeader(response: AcmeResponse, name: string): string | undefined {
      const value = super.readHeader(response, name);
      return value === undefined || isHidden(name, response, value, this.method) ? undefined : value;
    }
  };
}

/** Gives the outcome of some errors another kind. */
function misjudging(kind: 'rejected' | 'unknown', fits: (error: AcmeError, method: string) => boolean) {
  return class extends AcmeCall {
    protected override async outcomeOfError(error: unknown, signal: AbortSignal | undefined): Promise<Outcome> {
      if (error instanceof AcmeError && fits(error, this.method)) {
        this.unread = error.response;
        return failed(error, kind);
      }
      return super.outcomeOfError(error, signal);
    }
  };
}

export const REFUSALS_MUTANTS = [
  mutant('waits as many seconds as Retry-After says', {
    // Reads seconds as tenths of a second.
    Call: class extends AcmeCall {
      protected override readHeader(response: AcmeResponse, name: string): string | undefined {
        const value = super.readHeader(response, name);
        return name === 'retry-after' && value === '2' && response.status === 429 ? '0.2' : value;
      }
    },
  }),
  mutant('waits until the date in Retry-After, by the clock of the server', {
    Call: hiding((name) => name === 'date'),
  }),
  mutant('repeats a 429 without Retry-After after a wait of the line', {
    Call: misjudging(
      'rejected',
      ({ response }) => response?.status === 429 && response.headers['retry-after'] === undefined,
    ),
  }),
  mutant('repeats a write after a 503 with Retry-After', {
    Call: hiding((name, { status }, _value, method) => name === 'retry-after' && status === 503 && method === 'POST'),
  }),
  mutant('holds back the other calls of the client while a refusal holds', {
    // Counts reads and writes apart.
    Call: class extends AcmeCall {
      readonly credential = 'authorization' in this.request.headers || this.method !== 'GET' ? undefined : 'reads';
    },
  }),
  mutant('slows down when an answer says that no requests are left', {
    Call: hiding((name, { status }) => name.startsWith('x-ratelimit-') && status < 400),
  }),
  mutant("ends with the client's own result or error when the last attempt is refused", {
    async run(line, call) {
      try {
        return await line.run(call);
      } catch (error) {
        call.release(undefined);
        const isThrottled = error instanceof AcmeError && error.response?.status === 429 && call.method === 'GET';
        throw isThrottled ? new Error('throttled') : error;
      }
    },
  }),
  mutant('does not repeat a 404 or a 500', {
    Call: misjudging('unknown', ({ response }, method) => response?.status === 500 && method === 'GET'),
  }),
  mutant('leaves the outcome of a write unknown after a 504', {
    Call: misjudging('rejected', ({ response }, method) => response?.status === 504 && method === 'POST'),
  }),
];
