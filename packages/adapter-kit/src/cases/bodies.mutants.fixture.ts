import type { BodySource } from '@holdline/core';
import { networkFailure, failed, type Call, type Outcome } from '@holdline/core';
import { AcmeCall } from '../reference/acme-adapter.fixture.js';
import { mutant } from '../reference/mutant.fixture.js';

/** A call whose body source lacks one of its functions. */
const withoutSource = (member: 'watch' | 'close'): typeof AcmeCall =>
  class extends AcmeCall {
    protected override findSource(): BodySource | undefined {
      const source = super.findSource();
      return source && Object.assign(source, { [member]: () => undefined });
    }
  };

export const BODIES_MUTANTS = [
  mutant('sends a text body byte for byte in every attempt', {
    Call: class extends AcmeCall {
      // Parses the body and writes it again.
      override send(call: Call): Promise<Outcome> {
        const { body } = this.request;
        if (typeof body === 'string') this.request.body = JSON.stringify(JSON.parse(body));
        return super.send(call);
      }
    },
  }),
  mutant('sends the bytes of a body unchanged in every attempt', {
    Call: class extends AcmeCall {
      // Takes the whole buffer of a view.
      override send(call: Call): Promise<Outcome> {
        const { body } = this.request;
        if (body instanceof Uint8Array) this.request.body = new Uint8Array(body.buffer);
        return super.send(call);
      }
    },
  }),
  mutant('does not send a stream a second time', {
    Call: class extends AcmeCall {
      override get replayable(): boolean {
        return true;
      }
    },
  }),
  mutant('ends a waiting call at once when its stream fails', { Call: withoutSource('watch') }),
  mutant('reports a stream that fails on the wire as a failure of the caller', {
    Call: class extends AcmeCall {
      // Does not ask whether the body broke.
      protected override async outcomeOfError(error: unknown, signal: AbortSignal | undefined): Promise<Outcome> {
        const outcome = await super.outcomeOfError(error, signal);
        return outcome.kind === 'local' && this.source ? failed(error, networkFailure(error)) : outcome;
      }
    },
  }),
  mutant('closes the stream of a call that ends unsent', { Call: withoutSource('close') }),
  mutant('tells the payload of a write, so that a step is not executed with another one', {
    Call: class extends AcmeCall {
      override payload(): undefined {
        return undefined;
      }
    },
  }),
  mutant('sends the same key when a step of a transaction runs again', {
    Call: class extends AcmeCall {
      // The payload of a note changes with each call.
      override payload(): ReturnType<AcmeCall['payload']> {
        const payload = super.payload();
        return String(payload).includes('"note"') ? `${String(payload)}${Math.random()}` : payload;
      }
    },
  }),
];
