// An adapter for a client that Holdline does not support. It replaces the method that sends every attempt.
import { answered, defineAdapter, failed, isHoldlineError, networkFailure, originOf, release } from '@holdline/core';
import { startSimulator } from '@holdline/simulator';
import { TinyHttp } from './client.mjs';

const guardTinyHttp = defineAdapter({
  name: 'guardTinyHttp',
  attach(client, line) {
    const { exchange } = client;
    client.exchange = (options) =>
      line.run({
        method: options.method,
        url: new URL(options.path, client.baseUrl).href,
        headers: {
          get: (name) => options.headers.get(name) ?? undefined,
          set: (name, value) => options.headers.set(name, value),
        },
        ownOrigin: originOf(client.baseUrl), // A token may go to this origin only.
        replayable: true, // A string can be sent again; a stream cannot.
        payload: () => options.body,
        // Sends one attempt. A failure of the platform or the network is an outcome, never a rejection.
        send: (call) => {
          const signal = call.attemptSignal;
          const describeResponse = ({ status, headers }, threw) => ({
            status,
            threw,
            header: (name) => headers.get(name) ?? undefined,
          });
          return exchange.call(client, { ...options, signal }).then(
            (response) => answered(response, describeResponse(response, false)),
            (error) => {
              if (error.response) return answered(error, describeResponse(error.response, true));
              return failed(error, signal.aborted ? 'cancelled' : networkFailure(error));
            },
          );
        },
        signal: options.signal,
      });
    return () => delete client.exchange; // The client inherits the original method again.
  },
});

console.log('Shows: an adapter of 40 lines guards a client that Holdline does not know.\n');

const simulator = await startSimulator({ platform: 'genesys' });
const grant = async () => {
  const headers = { Authorization: `Basic ${btoa('any-id:any-secret')}` };
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const login = await fetch(`${simulator.url}/oauth/token`, { method: 'POST', headers, body });
  return { accessToken: (await login.json()).access_token };
};
const client = guardTinyHttp(new TinyHttp(simulator.url), { token: { grant }, retry: { baseDelayMs: 50 } });

simulator.script('GET /api/v2/users/me', [{ status: 503 }, { status: 200, drop: 'before' }]);
const me = await client.get('/api/v2/users/me');
const { requests } = simulator.stats();
console.log('A read meets a 503, then a broken connection:');
console.log(`  answered in attempt ${requests}: ${me.name}`);

simulator.script('POST /api/v2/routing/queues', [{ status: 200, drop: 'after' }]);
const lost = await client.post('/api/v2/routing/queues', { name: 'Sales' }).catch((error) => error);
const { executedWrites } = simulator.stats();
console.log('The answer of a write is lost:');
console.log(`  the caller gets ${isHoldlineError(lost) ? lost.code : 'no HoldlineError'}`);
console.log(`  the platform executed the write ${executedWrites} time; Holdline did not repeat it`);

release(client);
const isRestored = !Object.hasOwn(client, 'exchange');
console.log(`release(client):\n  the client ${isRestored ? 'has its own method again' : 'is still changed'}`);

await simulator.stop();
const holds = requests === 3 && lost.code === 'HOLDLINE_OUTCOME_UNKNOWN' && executedWrites === 1 && isRestored;
console.log(
  holds
    ? '\nHeld: the read was retried, the write was not executed twice, and the client was restored.'
    : `\nDid not hold: ${requests} attempts, ${executedWrites} writes executed, restored: ${isRestored}.`,
);
process.exitCode = holds ? 0 : 1;
