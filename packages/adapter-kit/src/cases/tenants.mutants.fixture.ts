import { withCall, type Call, type Holdline, type Outcome } from '@holdline/core';
import { AcmeCall } from '../reference/acme-adapter.fixture.js';
import { mutant } from '../reference/mutant.fixture.js';

/** The Authorization header of the latest call of each line. */
const latest = new WeakMap<Holdline, string>();

export const TENANTS_MUTANTS = [
  mutant('counts a quota of tenants for each tenant of withCall', {
    run: async (line, call) => {
      let result: unknown;
      try {
        return (result = await withCall({ tenant: 'all' }, () => line.run(call)));
      } catch (error) {
        throw (result = error);
      } finally {
        call.release(result);
      }
    },
  }),
  mutant('does not stop one credential when another one is refused', {
    Call: class extends AcmeCall {
      // Reads of all clients have one credential.
      get credential(): string | undefined {
        const { headers, method } = this.request;
        return 'authorization' in headers && method === 'GET' ? 'one for all' : undefined;
      }
    },
  }),
  mutant('never sends the credential of one client with a request of another', {
    Call: class extends AcmeCall {
      constructor(...args: ConstructorParameters<typeof AcmeCall>) {
        super(...args);
        const { authorization } = this.request.headers;
        if (authorization !== undefined && authorization.includes('item')) latest.set(this.line, authorization);
      }

      // A second attempt takes the header of the line.
      override send(call: Call): Promise<Outcome> {
        const authorization = latest.get(this.line);
        if (call.attempts > 1 && authorization !== undefined) this.sentHeaders.set('authorization', authorization);
        return super.send(call);
      }
    },
  }),
];
