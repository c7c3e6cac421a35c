import { failed, isHoldlineError, type Call, type HoldlineErrorCode, type Outcome } from '@holdline/core';
import { AcmeCall } from '../reference/acme-adapter.fixture.js';
import { mutant } from '../reference/mutant.fixture.js';

/** A signal that ignores some aborts of another one. */
function filterSignal(signal: AbortSignal | undefined, ignores: (reason: unknown) => boolean): AbortSignal | undefined {
  if (!signal || signal.aborted) return signal;
  const controller = new AbortController();
  signal.addEventListener('abort', () => {
    if (!ignores(signal.reason)) controller.abort(signal.reason);
  });
  return controller.signal;
}

/** The URLs of the requests that were sent. */
const sentUrls = new Set<string>();

/** A call that knows its stage. */
class StagedCall extends AcmeCall {
  protected attempts = 0;
  protected isOnWire = false;
  protected isAnswered = false;

  override async send(call: Call): Promise<Outcome> {
    this.attempts++;
    this.isOnWire = true;
    sentUrls.add(this.url);
    const outcome = await super.send(call);
    this.isOnWire = false;
    this.isAnswered = outcome.kind === 'ok';
    return outcome;
  }
}

/** A call that hides some aborts from the transport while its first attempt waits for an answer. */
const deafTo = (code: HoldlineErrorCode | undefined, hasSignal?: boolean): typeof AcmeCall =>
  class extends StagedCall {
    protected override signalOf(call: Call): AbortSignal | undefined {
      return filterSignal(
        super.signalOf(call),
        (reason) =>
          this.isOnWire &&
          this.attempts === 1 &&
          code === (isHoldlineError(reason) ? reason.code : undefined) &&
          hasSignal !== (this.request.signal === undefined),
      );
    }
  };

export const CANCELLATION_MUTANTS = [
  mutant('sends nothing when the caller aborted before the call', {
    run: async (line, call, transport, request) => {
      // Sends the request without its signal.
      if (request.signal?.aborted) return transport({ ...request, signal: undefined });
      return line.run(call);
    },
  }),
  mutant('never sends a call that the caller aborted in the queue', {
    Call: class extends StagedCall {
      // Tells the line nothing before the first attempt, unless the call waits for the answer to an earlier read of its URL.
      override get signal(): AbortSignal | undefined {
        return filterSignal(super.signal, () => this.attempts === 0 && !sentUrls.has(this.url));
      }
    },
  }),
  mutant('sends no further attempt when the caller aborts during the wait for it', {
    Call: class extends StagedCall {
      // Tells the line nothing between two attempts.
      override get signal(): AbortSignal | undefined {
        return filterSignal(super.signal, () => this.attempts > 0 && !this.isOnWire && !this.isAnswered);
      }
    },
  }),
  mutant('closes the connection when the caller aborts a call on the wire', {
    Call: class extends deafTo(undefined, true) {
      // The line gets the outcome, and the transport goes on.
      override send(call: Call): Promise<Outcome> {
        const { signal } = this.request;
        const aborted = new Promise<Outcome>((resolve) => {
          signal?.addEventListener('abort', () => resolve(failed(signal.reason, 'cancelled')));
        });
        return Promise.race([super.send(call), aborted]);
      }
    },
  }),
  mutant('closes the connection when the caller aborts the second attempt of a call', {
    Call: class extends AcmeCall {
      // Gives the signal to the first attempt only.
      protected override signalOf(call: Call): AbortSignal | undefined {
        return call.attempts > 1 ? undefined : super.signalOf(call);
      }
    },
  }),
  mutant('closes the connection when the signal of withCall aborts', { Call: deafTo(undefined, false) }),
  mutant('rejects a call that was aborted on the wire with the error of the client', {
    run: async (line, call, _transport, request) => {
      const wasAborted = request.signal?.aborted;
      try {
        return await line.run(call);
      } catch (error) {
        // Replaces the error.
        if (request.signal?.aborted && !wasAborted) throw new Error('aborted', { cause: error });
        throw error;
      }
    },
  }),
  mutant('leaves nothing in the line after an abort on the wire', {
    Call: class extends AcmeCall {
      protected override outcomeOfError(error: unknown, signal: AbortSignal | undefined): Promise<Outcome> {
        // Leaves the line without an outcome.
        if (this.request.signal?.aborted) return new Promise(() => undefined);
        return super.outcomeOfError(error, signal);
      }
    },
  }),
  mutant('does not send a call that its deadline would end in the queue', {
    run: async (line, call, transport, request) => {
      try {
        return await line.run(call);
      } catch (error) {
        // Sends what the line refuses.
        const isRefused = isHoldlineError(error) && error.code === 'HOLDLINE_DEADLINE' && error.attempts === 0;
        if (isRefused && request.method === 'GET') return transport(request);
        throw error;
      }
    },
  }),
  mutant('closes the connection when a deadline ends a call on the wire', { Call: deafTo('HOLDLINE_DEADLINE') }),
  mutant('closes the connection of a call that the closed line gives up', { Call: deafTo('HOLDLINE_CLOSED', false) }),
  mutant('closes the connection of such a call also when the caller gave a signal', {
    // Prefers the signal of the caller.
    Call: class extends AcmeCall {
      protected override signalOf(call: Call): AbortSignal | undefined {
        return this.signal ?? super.signalOf(call);
      }
    },
  }),
  mutant('ends the body of an answer when the caller aborts after the head', {
    Call: class extends AcmeCall {
      protected override outcomeOfResponse(
        ...args: Parameters<AcmeCall['outcomeOfResponse']>
      ): Outcome | Promise<Outcome> {
        const outcome = super.outcomeOfResponse(...args);
        // Does not report that the body is open.
        const [{ cancellation }] = args;
        if (cancellation) cancellation.openAnswer = undefined;
        return outcome;
      }
    },
  }),
];
