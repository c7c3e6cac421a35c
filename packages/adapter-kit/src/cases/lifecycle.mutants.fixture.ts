import {
  ConfigError,
  createHoldline,
  failed,
  holdlineOf,
  isHoldlineError,
  type Call,
  type Clock,
  type Holdline,
  type HoldlineConfig,
  type Outcome,
} from '@holdline/core';
import { AcmeCall, guardAcme, makeGuardAcme } from '../reference/acme-adapter.fixture.js';
import { AcmeClient } from '../reference/acme-client.fixture.js';
import { ACME } from '../reference/acme.fixture.js';
import { mutant } from '../reference/mutant.fixture.js';

type Guard = (client: AcmeClient, configOrLine?: HoldlineConfig | Holdline) => AcmeClient;

const isLine = (given: HoldlineConfig | Holdline | undefined): given is Holdline =>
  given !== undefined && 'run' in given;

const guardedBy = (fails: string, guard: Guard): ReturnType<typeof mutant> => mutant(fails, {}, { guard });

const wrappers = new WeakMap<Holdline, Holdline>();

/** An object that behaves as a line and is another one. */
function wrap(line: Holdline): Holdline {
  let wrapper = wrappers.get(line);
  if (!wrapper) {
    wrapper = new Proxy(line, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    wrappers.set(line, wrapper);
  }
  return wrapper;
}

const released = new WeakSet<AcmeClient>();
const remembered = new WeakSet<AcmeClient>();
const firstClients = new WeakMap<Holdline, WeakRef<AcmeClient>>();
const linesByClock = new WeakMap<Clock, Holdline>();
const clientsByServer = new Map<string, WeakRef<AcmeClient>[]>();
const LineClass = createHoldline().constructor;
const kept = new WeakMap<Holdline, Set<AcmeClient>>();

export const LIFECYCLE_MUTANTS = [
  guardedBy('attaches the client to the line that the user gives', (client, given) =>
    guardAcme(client, isLine(given) ? wrap(given) : given),
  ),
  guardedBy('does nothing when the client is guarded with the same line again', (client, given) => {
    if (isLine(given) && holdlineOf(client) === given) throw new ConfigError('the client is guarded');
    return guardAcme(client, given);
  }),
  guardedBy('refuses to guard a guarded client with another configuration', (client, given) =>
    holdlineOf(client) ? client : guardAcme(client, given),
  ),
  guardedBy('leaves the client unchanged when the configuration is wrong', (client, given) => {
    try {
      return guardAcme(client, given);
    } catch (error) {
      // Changes the client before the check.
      if (!holdlineOf(client)) Object.assign(client, { isGuarded: true });
      throw error;
    }
  }),
  mutant('restores all members of the client at its release', {
    attach(client, guarded) {
      const { transport } = client;
      client.transport = guarded;
      return () => {
        // The member of the prototype becomes one of the client.
        client.transport = transport;
      };
    },
  }),
  guardedBy('sends calls past the line after the release', (client, given) => {
    // A new client that passes to the line for ever.
    const guarded = holdlineOf(client) ? client : (Object.create(client) as AcmeClient);
    const guard = makeGuardAcme({
      attach(target, transport) {
        target.transport = transport;
        return () => undefined;
      },
    });
    return guard(guarded, given);
  }),
  guardedBy('guards a released client again, with another line', (client, given) => {
    // Remembers the clients that it guarded.
    if (remembered.has(client) && !holdlineOf(client)) return client;
    const guarded = guardAcme(client, given);
    remembered.add(client);
    return guarded;
  }),
  mutant('ends a call that is under way at the release as a guarded call', {
    Call: class extends AcmeCall {
      override send(call: Call): Promise<Outcome> {
        if (released.has(this.owner)) return Promise.resolve(failed(new Error('released'), 'local'));
        return super.send(call);
      }
    },
    attach(client, guarded) {
      released.delete(client);
      client.transport = guarded;
      return () => {
        released.add(client);
        Reflect.deleteProperty(client, 'transport');
      };
    },
  }),
  mutant('lets two clients on one line share its quota', {
    // All clients of a line but the first have another credential.
    Call: class extends AcmeCall {
      get credential(): string | undefined {
        if ('authorization' in this.request.headers) return undefined;
        const first = firstClients.get(this.line) ?? new WeakRef(this.owner);
        firstClients.set(this.line, first);
        return first.deref() === this.owner ? undefined : 'another client';
      }
    },
  }),
  guardedBy('gives two clients that are guarded with a configuration a line each', (client, given) => {
    if (!given || isLine(given) || !given.clock || holdlineOf(client)) return guardAcme(client, given);
    const line = linesByClock.get(given.clock) ?? createHoldline(given);
    linesByClock.set(given.clock, line);
    return guardAcme(client, line);
  }),
  mutant(
    'leaves other clients of the same class unguarded',
    {},
    {
      async connect(server, options) {
        const connection = await ACME.connect(server, options);
        const clients = clientsByServer.get(server.url) ?? [];
        clientsByServer.set(server.url, clients);
        clients.push(new WeakRef(connection.client));
        return connection;
      },
      guard(client, given) {
        const siblings = clientsByServer.get(client.baseUrl) ?? [];
        const guarded = guardAcme(client, given);
        for (const sibling of siblings) {
          const other = sibling.deref();
          if (other && !holdlineOf(other) && !('authorization' in other.defaults))
            guardAcme(other, holdlineOf(guarded));
        }
        return guarded;
      },
    },
  ),
  guardedBy('works with a line of another copy of core', (client, given) => {
    if (isLine(given) && given.constructor !== LineClass) throw new Error('this is not a line');
    return guardAcme(client, given);
  }),
  guardedBy('guards a client of a second copy of its package', (client, given) =>
    client.constructor === AcmeClient ? guardAcme(client, given) : client,
  ),
  mutant('sends nothing after the line is closed', {
    run: async (line, call, transport, request) => {
      try {
        return await line.run(call);
      } catch (error) {
        call.release(error);
        const isClosed = isHoldlineError(error) && error.code === 'HOLDLINE_CLOSED' && error.attempts === 0;
        if (isClosed) return transport(request);
        throw error;
      }
    },
  }),
  mutant('lets clients be collected while their line lives', {
    attach(client, guarded, line) {
      const clients = kept.get(line) ?? new Set();
      kept.set(line, clients.add(client));
      client.transport = guarded;
      return () => Reflect.deleteProperty(client, 'transport');
    },
  }),
];
