import { failed, type HeaderAccess, type Holdline, originOf, type Outcome } from '@holdline/core';
import { AcmeError } from '../reference/acme-client.fixture.js';
import { AcmeCall } from '../reference/acme-adapter.fixture.js';
import { mutant } from '../reference/mutant.fixture.js';

/** Writes a credential in another way. `write` returns what the request carries. */
function writing(write: (this: AcmeCall, value: string, earlier: string | undefined) => string | undefined) {
  return class extends AcmeCall {
    override get headers(): HeaderAccess {
      const { get, set } = super.headers;
      return {
        get,
        set: (name, value) => {
          const written = name === 'Authorization' ? write.call(this, value, get(name)) : value;
          if (written !== undefined) set(name, written);
        },
      };
    }
  };
}

/** The latest token of each line. */
const latest = new WeakMap<Holdline, { token: string | undefined }>();
/** Number of 401 of each line. */
const refusals = new WeakMap<Holdline, number>();

function latestOf(line: Holdline): { token: string | undefined } {
  const found = latest.get(line);
  if (found) return found;
  const entry: { token: string | undefined } = { token: undefined };
  latest.set(line, entry);
  line.onToken(({ accessToken }) => (entry.token = accessToken));
  return entry;
}

const isUnauthorized = (error: unknown): error is AcmeError =>
  error instanceof AcmeError && error.response?.status === 401;

export const TOKENS_MUTANTS = [
  mutant("sends the line's token with reads and writes", {
    Call: writing(function (value) {
      return this.method === 'GET' ? value : undefined;
    }),
  }),
  mutant("replaces the client's own credential by the token of the line", {
    Call: writing((value, earlier) => (earlier?.includes('own-credential') ? undefined : value)),
  }),
  mutant('sends the request again with the new token after a 401', {
    // Keeps the first token of the line for all attempts of a call.
    Call: writing((value, earlier) => (earlier?.includes('contract-token') ? earlier : value)),
  }),
  mutant('renews the token once for two calls that get a 401', {
    // Lets one call in two replay its 401, as if the other were the one that renews the token.
    Call: class extends AcmeCall {
      protected override async outcomeOfError(error: unknown, signal: AbortSignal | undefined): Promise<Outcome> {
        if (!isUnauthorized(error)) return super.outcomeOfError(error, signal);
        const count = (refusals.get(this.line) ?? 0) + 1;
        refusals.set(this.line, count);
        if (count % 2 === 1) return super.outcomeOfError(error, signal);
        this.unread = error.response;
        return failed(error, 'rejected');
      }
    },
  }),
  mutant('sends the token that is valid when the request leaves', {
    // Signs when the call starts.
    Call: class extends AcmeCall {
      protected signature = latestOf(this.line).token;

      override get headers(): HeaderAccess {
        const { get, set } = super.headers;
        return {
          get,
          set: (name, value) => {
            const { signature } = this;
            if (name === 'Authorization') this.signature = undefined;
            set(name, name === 'Authorization' && signature !== undefined ? `Bearer ${signature}` : value);
          },
        };
      }
    },
  }),
  mutant('gives a second 401 to the caller', {
    async run(line, call) {
      try {
        return await line.run(call);
      } catch (error) {
        call.release(undefined);
        throw isUnauthorized(error) ? new Error('not authorized') : error;
      }
    },
  }),
  mutant('sends no token to a foreign origin', {
    Call: class extends AcmeCall {
      override get ownOrigin(): string | undefined {
        return this.method === 'POST' ? originOf(this.url) : super.ownOrigin;
      }
    },
  }),
  mutant('sends no token along with a redirect to a foreign origin', {
    Call: class extends AcmeCall {
      override get ownOrigin(): string | undefined {
        return this.method === 'GET' ? originOf(this.url) : super.ownOrigin;
      }
    },
  }),
];
