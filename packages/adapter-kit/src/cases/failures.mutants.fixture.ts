import { type Call, failed, networkFailure, type Outcome } from '@holdline/core';
import { AcmeError, type AcmeResponse } from '../reference/acme-client.fixture.js';
import { AcmeCall } from '../reference/acme-adapter.fixture.js';
import { mutant } from '../reference/mutant.fixture.js';

/** Gives the outcome of some errors another kind. */
function misjudging(
  judge: (error: unknown, method: string) => Outcome | undefined,
): new (...args: ConstructorParameters<typeof AcmeCall>) => AcmeCall {
  return class extends AcmeCall {
    protected override async outcomeOfError(error: unknown, signal: AbortSignal | undefined): Promise<Outcome> {
      const outcome = signal?.aborted ? undefined : judge(error, this.method);
      return outcome ?? super.outcomeOfError(error, signal);
    }
  };
}

const hasCode = (error: unknown, code: string): boolean => (error as { code?: unknown }).code === code;
const isRefusal = (error: unknown): boolean => error instanceof AcmeError && !error.response;

export const FAILURES_MUTANTS = [
  mutant('repeats a write whose connection was refused', {
    Call: misjudging((error) => (hasCode(error, 'ECONNREFUSED') ? failed(error, 'unknown') : undefined)),
  }),
  mutant('repeats a read whose connection broke before the answer', {
    Call: misjudging((error, method) =>
      hasCode(error, 'ECONNRESET') && method === 'GET' ? failed(error, 'rejected') : undefined,
    ),
  }),
  mutant('does not repeat a write whose connection broke before the answer', {
    Call: misjudging((error, method) =>
      hasCode(error, 'ECONNRESET') && method === 'POST' ? failed(error, 'not-sent') : undefined,
    ),
  }),
  mutant('never gives a truncated answer as a whole one', {
    // Takes what has arrived as the whole body.
    Call: class extends AcmeCall {
      protected override outcomeOfResponse(call: Call, response: AcmeResponse): Outcome | Promise<Outcome> {
        if (this.signal) return super.outcomeOfResponse(call, response);
        const { body } = response;
        body.toArray = async () => {
          const chunks: unknown[] = [];
          try {
            for await (const chunk of body) chunks.push(chunk);
          } catch (error) {
            if (!hasCode(error, 'ECONNRESET')) throw error;
          }
          return chunks;
        };
        return super.outcomeOfResponse(call, response);
      }
    },
  }),
  mutant("ends a failed attempt with the client's own error", {
    Call: misjudging((error, method) =>
      hasCode(error, 'ECONNRESET') && method === 'GET'
        ? failed(new Error('the request failed'), networkFailure(error))
        : undefined,
    ),
  }),
  mutant('spends no quota on what the client refuses to send', {
    Call: misjudging((error) => (isRefusal(error) ? failed(error, 'local', false) : undefined)),
  }),
  mutant('gives what the client refuses to its caller, and counts it for nothing', {
    Call: misjudging((error) => (isRefusal(error) ? failed(error, 'unknown', true) : undefined)),
  }),
  mutant('does not repeat a write that a redirect answered', {
    // Follows the redirect inside the attempt, and takes its failure for that of the write.
    Call: class extends AcmeCall {
      override async send(call: Call): Promise<Outcome> {
        const outcome = await super.send(call);
        const location = outcome.status === 303 ? outcome.header('location') : undefined;
        if (location === undefined) return outcome;
        this.discard();
        try {
          const url = new URL(location, this.url).href;
          return await this.outcomeOfResponse(call, await this.transport({ method: 'GET', url, headers: {} }));
        } catch (error) {
          return this.outcomeOfError(error, undefined);
        }
      }
    },
  }),
];
