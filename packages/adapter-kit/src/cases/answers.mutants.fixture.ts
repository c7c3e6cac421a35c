import type { Call, CallRequest, Holdline, KeptAnswer, Outcome, RequestChange } from '@holdline/core';
import { AcmeCall } from '../reference/acme-adapter.fixture.js';
import { AcmeError, type AcmeResponse } from '../reference/acme-client.fixture.js';
import { mutant } from '../reference/mutant.fixture.js';

export const ANSWERS_MUTANTS = [
  mutant('gives the caller the result of the client', {
    run: async (line, call) => Object.assign((await line.run(call)) as AcmeResponse, { attempts: 1 }),
  }),
  mutant('gives the caller the error of the client, or the result of a 404', {
    run: async (line, call) => {
      try {
        return await line.run(call);
      } catch (error) {
        // Adds a member to the error.
        const isMissing = error instanceof AcmeError && error.response?.status === 404;
        throw isMissing ? Object.assign(error, { attempts: 1 }) : error;
      }
    },
  }),
  mutant('discards a refused answer before the next attempt', {
    Call: class extends AcmeCall {
      // Discards nothing while the call runs.
      override discard(): void {}

      override release(result: unknown): void {
        if (result !== this.unread && !(result instanceof AcmeError)) this.unread?.body.destroy();
      }
    },
  }),
  mutant('discards a refused answer when the call ends before its next attempt', {
    Call: class extends AcmeCall {
      // Discards an answer only before the next attempt.
      override discard(): void {}

      override release(): void {}

      override send(call: Call): Promise<Outcome> {
        this.unread?.body.destroy();
        return super.send(call);
      }
    },
  }),
  mutant('gives the caller a body of 1 MB as a whole', {
    Call: class extends AcmeCall {
      // Refuses long bodies.
      protected override outcomeOfResponse(
        call: Call,
        response: AcmeResponse,
      ): ReturnType<AcmeCall['outcomeOfResponse']> {
        if (Number(response.headers['content-length']) > 900_000) response.body.push(null);
        return super.outcomeOfResponse(call, response);
      }
    },
  }),
  mutant('gives the caller an answer before its body has arrived', {
    Call: class extends AcmeCall {
      // Waits for the body of a call without a signal. A 304 has no body.
      protected override async outcomeOfResponse(call: Call, response: AcmeResponse): Promise<Outcome> {
        const { body, status } = response;
        if (!this.signal && status !== 304) await new Promise((resolve) => body.once('readable', resolve));
        return super.outcomeOfResponse(call, response);
      }
    },
  }),
  mutant('gives each of two identical calls an answer that it can read', {
    Call: class extends AcmeCall {
      override copy(value: unknown): unknown {
        return this.method === 'POST' ? value : super.copy(value);
      }
    },
  }),
  mutant('gives the kept answer when a step of a transaction runs again', {
    Call: class extends AcmeCall {
      override restoreAnswer(answer: KeptAnswer): AcmeResponse {
        return super.restoreAnswer(this.method === 'POST' ? { ...answer, body: '' } : answer);
      }
    },
  }),
  mutant('gives each of two identical reads the answer as its own', {
    Call: class extends AcmeCall {
      // Loses the body of an answer that is in no cache.
      override restoreAnswer(answer: KeptAnswer): AcmeResponse {
        const isLost = this.method === 'GET' && entriesOf(this.line) === 0;
        return super.restoreAnswer(isLost ? { ...answer, body: '' } : answer);
      }
    },
  }),
  mutant('gives an answer of the cache as the client gives it', {
    Call: class extends AcmeCall {
      // Changes the status of an answer in the cache that cannot be confirmed.
      override restoreAnswer(answer: KeptAnswer): AcmeResponse {
        const isWrong = entriesOf(this.line) > 0 && answer.headers['etag'] === undefined;
        return super.restoreAnswer(isWrong ? { ...answer, status: 203 } : answer);
      }
    },
  }),
  mutant('asks whether an answer still holds with the request of the caller', {
    Call: class extends AcmeCall {
      // Forgets the credential.
      override variant(change: RequestChange): CallRequest {
        const variant = super.variant(change) as AcmeCall;
        variant.headers.set('authorization', '');
        return variant;
      }
    },
  }),
  mutant('lets a read of the line go on when its caller aborts', {
    Call: class extends AcmeCall {
      override variant(change: RequestChange): CallRequest {
        const variant = super.variant(change);
        return Object.defineProperty(variant, 'signal', { value: this.signal });
      }
    },
  }),
];

function entriesOf(line: Holdline): number {
  return line.snapshot().answers.cache.entries;
}
