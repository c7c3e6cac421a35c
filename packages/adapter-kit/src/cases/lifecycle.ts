import { holdlineOf, isHoldlineError, release, type createHoldline, type Holdline } from '@holdline/core';
import { HERE } from '../copies/here.js';
import { loadCopy } from '../copies/load-copy.js';
import { makeId } from '../scene/caller.js';
import { pause } from '../scene/checked-connection.js';
import type { Scene } from '../scene/scene.js';
import { changesBetween, membersOf } from './client-members.js';
import { casesOf } from './define-case.js';
import { describeEnd } from './describe.js';
import { collectGarbage } from './garbage.js';

const define = casesOf('lifecycle');

const ONE_CALL = { governor: { quotas: [{ limit: 1, windowMs: 2_000, enforcement: 'sliding' as const }] } };
const CLIENTS = 24;

/** Calls `guard`, and returns the error that it throws. */
function refusalOf(guard: () => unknown): unknown {
  try {
    guard();
  } catch (error) {
    return error;
  }
  return undefined;
}

const isConfigError = (error: unknown): boolean => isHoldlineError(error) && error.code === 'HOLDLINE_CONFIG';

const describeRefusal = (error: unknown): string => (error === undefined ? 'nothing' : `'${String(error)}'`);

interface Core {
  createHoldline: typeof createHoldline;
  holdlineOf: typeof holdlineOf;
  release: typeof release;
}

let secondCore: Promise<Core> | undefined;

/** A second copy of core. The cases of one process share it. */
function loadSecondCore(): Promise<Core> {
  return (secondCore ??= loadCopy('@holdline/core', HERE) as Promise<Core>);
}

/** Makes clients that nobody keeps, and a call with each. */
async function makeShortLivedClients(scene: Scene, line: Holdline): Promise<WeakRef<object>[]> {
  const made: WeakRef<object>[] = [];
  for (let n = 0; n < CLIENTS; n++) {
    const connection = await scene.connectUnkept();
    const client = scene.guard(connection.client, line);
    await scene.succeed(scene.caller(connection, client));
    await connection.close?.();
    made.push(new WeakRef(client));
  }
  return made;
}

/** A guard can be put on, found, shared and taken off. */
export const LIFECYCLE = [
  define(
    'attaches the client to the line that the user gives',
    {
      why: 'The user reads snapshot() and events from holdlineOf(client), and shares one line among clients.',
      guide: 'lifecycle',
    },
    async (scene) => {
      const line = scene.line();
      const { client } = await scene.guarded(line);
      const found = holdlineOf(client);
      scene.check(
        found === line,
        `holdlineOf() must return the line that the guard function got. It returned ${found ? 'another line' : 'undefined'}.`,
      );
    },
  ),

  define(
    'does nothing when the client is guarded with the same line again',
    {
      why: 'Two modules of one program may guard the client that they share. A second guard would count each call twice.',
      guide: 'lifecycle',
    },
    async (scene) => {
      const line = scene.line();
      const starts = scene.collect(line, 'attemptStarted');
      const caller = await scene.guarded(line);
      const error = refusalOf(() => {
        const again = scene.adapter.guard(caller.client, line);
        scene.check(again === caller.client, 'A second guard with the same line must return the same guarded client.');
      });
      scene.check(
        error === undefined,
        `The client was guarded twice with the same line, and the second guard threw ${describeRefusal(error)}.`,
      );
      const { request } = await scene.run(caller);
      const { length: requests } = scene.server.requestsFor(request.id);
      scene.check(
        requests === 1 && starts.length === 1,
        `The client was guarded twice with the same line. A call must be 1 request and 1 attempt. It was ${requests} requests and ${starts.length} attempts.`,
      );
    },
  ),

  define(
    'refuses to guard a guarded client with another configuration',
    {
      why: 'The second configuration would have no effect, and nobody would notice.',
      guide: 'lifecycle',
    },
    async (scene) => {
      const caller = await scene.guarded(scene.line());
      const error = refusalOf(() => scene.adapter.guard(caller.client, { clock: scene.clock, retry: false }));
      scene.check(
        isConfigError(error),
        `A guarded client was guarded with another configuration. The guard function must throw a ConfigError, and threw ${describeRefusal(error)}.`,
      );
    },
  ),

  define(
    'leaves the client unchanged when the configuration is wrong',
    {
      why: 'A program may catch the ConfigError and go on. A half guarded client then works neither with the line nor without it.',
      guide: 'lifecycle',
    },
    async (scene) => {
      const { client } = await scene.connect();
      const before = membersOf(client);
      const error = refusalOf(() => scene.adapter.guard(client, { retry: { maxAttempts: 'many' as never } }));
      scene.check(
        isConfigError(error),
        `The configuration { retry: { maxAttempts: 'many' } } is wrong. The guard function must throw a ConfigError, and threw ${describeRefusal(error)}.`,
      );
      const changes = changesBetween(before, membersOf(client));
      scene.check(
        changes.length === 0 && holdlineOf(client) === undefined,
        `A wrong configuration changed ${changes.length} members of the client: ${changes.join(', ')}. holdlineOf() returns ${holdlineOf(client) ? 'a line' : 'undefined'}.`,
      );
    },
  ),

  define(
    'restores all members of the client at its release',
    {
      why: 'Other code may wrap, compare or freeze the client. What the adapter leaves behind is kept with it for ever.',
      guide: 'lifecycle',
    },
    async (scene) => {
      const { client } = await scene.connect();
      const before = membersOf(client);
      const guarded = scene.adapter.guard(client, scene.line());
      release(guarded);
      const changes = changesBetween(before, membersOf(client));
      scene.check(
        changes.length === 0,
        `release() must restore the client exactly. ${changes.length} members differ: ${changes.join(', ')}.`,
      );
    },
  ),

  define(
    'sends calls past the line after the release',
    {
      why: 'The user took the guard off, for example to close the line. The client must work as if it had never been guarded.',
      guide: 'lifecycle',
    },
    async (scene) => {
      const line = scene.line();
      const started = scene.collect(line, 'callStarted');
      const caller = await scene.guarded(line);
      release(caller.client);
      await scene.succeed(caller);
      scene.check(
        started.length === 0 && holdlineOf(caller.client) === undefined,
        `A released client made a call. The line must not see it, and saw ${started.length} calls. holdlineOf() returns ${holdlineOf(caller.client) ? 'a line' : 'undefined'}.`,
      );
    },
  ),

  define(
    'guards a released client again, with another line',
    {
      why: 'A program may replace its line, for example to change the quota. An adapter that remembers the client leaves it unguarded.',
      guide: 'lifecycle',
    },
    async (scene) => {
      const lines = [scene.line(), scene.line()] as const;
      const started = lines.map((line) => scene.collect(line, 'callStarted'));
      const connection = await scene.connect();
      release(scene.guard(connection.client, lines[0]));
      const client = scene.guard(connection.client, lines[1]);
      await scene.succeed(scene.caller(connection, client));
      const [first, second] = started.map(({ length }) => length);
      scene.check(
        first === 0 && second === 1,
        `A client was guarded, released and guarded with another line. The other line must see its call. The first line saw ${first ?? 0} calls, and the other line ${second ?? 0}.`,
      );
    },
  ),

  define(
    'ends a call that is under way at the release as a guarded call',
    {
      why: 'The caller of that call expects its retries. A call that changes its way in the middle may be lost.',
      guide: 'lifecycle',
    },
    async (scene) => {
      const line = scene.line();
      const retries = scene.collect(line, 'retry');
      const caller = await scene.guarded(line);
      const id = makeId();
      scene.server.answer(id, { status: 429, headers: { 'retry-after': '1' } });
      const running = caller.start({ id });
      await scene.until(() => retries.length === 1, 'the line decided to repeat a call after a 429');
      release(caller.client);
      await scene.end(running);
      const { length: requests } = scene.server.requestsFor(id);
      scene.check(
        !running.isRejected && requests === 2,
        `The client was released while a call waited for its second attempt. The call must be 2 requests and succeed. It was ${requests} requests and ended with ${describeEnd(running)}.`,
      );
    },
  ),

  define(
    'lets two clients on one line share its quota',
    {
      why: 'The platform counts the credential, not the client object. Each new client would otherwise add a whole quota.',
      guide: 'lifecycle',
    },
    async (scene) => {
      const line = scene.line(ONE_CALL);
      const [one, two] = [await scene.guarded(line), await scene.guarded(line)];
      await scene.succeed(one);
      const from = scene.clock.now();
      await scene.succeed(two);
      const waited = scene.clock.now() - from;
      scene.check(
        waited >= 2_000,
        `Two clients share a line with a quota of 1 per 2 s. The call of the second one must wait for 2 s, and waited ${waited} ms.`,
      );
    },
  ),

  define(
    'gives two clients that are guarded with a configuration a line each',
    {
      why: 'A line that the adapter keeps for all clients would mix the quotas, tokens and circuits of different platforms.',
      guide: 'lifecycle',
    },
    async (scene) => {
      const lines: (Holdline | undefined)[] = [];
      for (let n = 0; n < 2; n++) {
        const { client } = await scene.guarded({ clock: scene.clock });
        const line = holdlineOf(client);
        if (line) scene.adopt(line);
        lines.push(line);
      }
      scene.check(
        lines[0] !== undefined && lines[1] !== undefined && lines[0] !== lines[1],
        `Two clients were guarded with a configuration each. They must have two lines, and have ${new Set(lines.filter((line) => line !== undefined)).size}.`,
      );
    },
  ),

  define(
    'leaves other clients of the same class unguarded',
    {
      why: 'A patched prototype or module also catches clients of other platforms, and of libraries that the user does not know.',
      guide: 'where-to-attach',
      needs: ['ownTransport'],
    },
    async (scene) => {
      const line = scene.line();
      const started = scene.collect(line, 'callStarted');
      const other = await scene.native();
      await scene.guarded(line);
      await scene.succeed(other);
      scene.check(
        started.length === 0 && holdlineOf(other.client) === undefined,
        `Another client of the same class made a call without a guard. The line must not see it, and saw ${started.length} calls.`,
      );
    },
  ),

  define(
    'works with a line of another copy of core',
    {
      why: 'A package manager may install core twice, for the program and for the adapter. Both copies must know the guarded client.',
      guide: 'lifecycle',
    },
    async (scene) => {
      const core = await loadSecondCore();
      const line = scene.line({}, core.createHoldline);
      const starts = scene.collect(line, 'attemptStarted');
      let caller: Awaited<ReturnType<Scene['guarded']>> | undefined;
      const error = await scene.guarded(line).then(
        (guarded) => void (caller = guarded),
        ({ cause }: Error) => cause,
      );
      if (!caller)
        return scene.check(false, `A line of another copy of core was refused with ${describeRefusal(error)}.`);
      const id = makeId();
      scene.server.answer(id, { status: 429, headers: { 'retry-after': '1' } });
      await scene.succeed(caller, { id });
      scene.check(
        starts.length === 2 && core.holdlineOf(caller.client) !== undefined,
        `A call with a 429 and a 200 must be 2 attempts of a line of another copy of core. It was ${starts.length}. holdlineOf() of that copy returns ${core.holdlineOf(caller.client) ? 'a line' : 'undefined'}.`,
      );
      core.release(caller.client);
      scene.check(
        holdlineOf(caller.client) === undefined,
        'The copy of core that made the line released the client. holdlineOf() of the first copy still returns a line.',
      );
    },
  ),

  define(
    'guards a client of a second copy of its package',
    {
      why: 'A program may contain its SDK twice. An adapter that imports the SDK, or asks for its class, leaves the other copy unguarded.',
      guide: 'lifecycle',
      needs: ['secondCopy'],
    },
    async (scene) => {
      const line = scene.line();
      const starts = scene.collect(line, 'attemptStarted');
      const caller = await scene.guarded(line, { copy: true });
      const id = makeId();
      scene.server.answer(id, { status: 429, headers: { 'retry-after': '1' } });
      const running = await scene.run(caller, { id });
      scene.check(
        !running.isRejected && starts.length === 2,
        `A client of a second copy got a 429 and a 200. The call must be 2 attempts of the line. It was ${starts.length}, and ended with ${describeEnd(running)}.`,
      );
    },
  ),

  define(
    'sends nothing after the line is closed',
    {
      why: 'The program has ended its work. A call that still leaves is neither paced nor waited for.',
      guide: 'lifecycle',
    },
    async (scene) => {
      const line = scene.line();
      const caller = await scene.guarded(line);
      await line.close();
      const running = await scene.run(caller);
      const { length: requests } = scene.server.requestsFor(running.request.id);
      scene.check(
        isHoldlineError(running.error) && running.error.code === 'HOLDLINE_CLOSED' && requests === 0,
        `A call was made after line.close(). It must reject with a ClosedError and send nothing. It ended with ${describeEnd(running)} and ${requests} requests.`,
      );
    },
  ),

  define(
    'lets clients be collected while their line lives',
    {
      why: 'A server may make a client for each of its requests. A line that holds them all fills the memory.',
      guide: 'lifecycle',
    },
    async (scene) => {
      const line = scene.line();
      const made = await makeShortLivedClients(scene, line);
      const left = (): number => made.filter((reference) => reference.deref() !== undefined).length;
      // The engine may keep the last client in a register or on the stack.
      const isFreed = (): boolean => left() <= CLIENTS / 4;
      for (let turn = 0; turn < 20 && !isFreed(); turn++) {
        // A WeakRef that was read holds its target until the turn of the event loop ends.
        await pause();
        collectGarbage();
      }
      scene.check(
        isFreed(),
        `${CLIENTS} clients were guarded on one line, used and dropped. After a garbage collection, ${left()} of them are still in memory.`,
      );
    },
  ),
];
