import { casesOf } from './define-case.js';
import { makeId } from '../scene/caller.js';

const define = casesOf('attempts');

/** Every request of the client passes through the line, as one attempt. */
export const ATTEMPTS = [
  define(
    'makes each request an attempt of the line',
    {
      why: 'The line paces and counts attempts. A request that it does not see exceeds the quota unseen.',
      guide: 'where-to-attach',
    },
    async (scene) => {
      const line = scene.line();
      const attempts = scene.collect(line, 'attemptStarted');
      const caller = await scene.guarded(line);
      const id = makeId();
      scene.server.answer(id, { status: 503, headers: { 'retry-after': '1' } });
      await scene.succeed(caller, { id });
      const { length: requests } = scene.server.requestsFor(id);
      scene.check(
        requests === 2 && attempts.length === 2,
        `A 503 with Retry-After and a 200 must be two requests and two attempts. The server got ${requests} requests, and the line counted ${attempts.length} attempts.`,
      );
    },
  ),
];
