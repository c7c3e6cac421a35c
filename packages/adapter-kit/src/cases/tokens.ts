import type { AccessToken, Grant, HoldlineConfig } from '@holdline/core';
import type { ReceivedRequest } from '../server/contract-server.js';
import { makeId } from '../scene/caller.js';
import { kindOf } from '../scene/kind.js';
import type { Scene } from '../scene/scene.js';
import { casesOf } from './define-case.js';
import { describeEnd } from './describe.js';

const define = casesOf('tokens');
const needs = ['lineToken'] as const;

/** Names of the tokens that a line got, in order: `contract-token-1` and so on. */
interface Grants {
  count: number;
  readonly token: NonNullable<HoldlineConfig['token']> & { readonly grant: Grant };
}

/** A grant that gives a new token each time. */
function grants({ adapter, server }: Scene, expiresInMs?: number): Grants {
  const made: Grants = {
    count: 0,
    token: {
      // The line has to learn the origin from the adapter, where the adapter can know it.
      ...(adapter.lacks?.ownOrigin !== undefined && { origins: [server.url] }),
      grant: (): Promise<AccessToken> =>
        Promise.resolve({ accessToken: `contract-token-${++made.count}`, ...(expiresInMs && { expiresInMs }) }),
    },
  };
  return made;
}

/** The number of the token in each request; `-` for a request without a token of the line. */
function tokensIn({ adapter }: Scene, requests: readonly ReceivedRequest[]): string {
  const name = adapter.credentialHeader ?? 'authorization';
  const numbers = requests.map(({ headers }) => /contract-token-(\d+)/.exec(String(headers[name]))?.[1] ?? '-');
  return numbers.join(', ') || 'none';
}

/** The line manages the access token of the client. */
export const TOKENS = [
  define(
    "sends the line's token with reads and writes",
    {
      why: 'The line writes the token after all waiting. A request without it is refused with a 401.',
      guide: 'tokens',
      needs,
    },
    async (scene) => {
      const { token } = grants(scene);
      const caller = await scene.guarded(scene.line({ token }));
      const ids = [makeId(), makeId()] as const;
      await scene.run(caller, { id: ids[0] });
      await scene.run(caller, { method: 'POST', id: ids[1] });
      const found = tokensIn(
        scene,
        ids.flatMap((id) => scene.server.requestsFor(id)),
      );
      scene.check(found === '1, 1', `A GET and a POST must carry token 1 of the line. The requests carried: ${found}.`);
    },
  ),
  define(
    "replaces the client's own credential by the token of the line",
    {
      why: 'A header has one credential. A request with both, or with the old one, is refused or acts for another user.',
      guide: 'tokens',
      needs,
    },
    async (scene) => {
      const { token } = grants(scene);
      const caller = await scene.guarded(scene.line({ token }), { authorization: 'Bearer own-credential' });
      const id = makeId();
      await scene.run(caller, { id });
      const [request] = scene.server.requestsFor(id);
      const value = String(request?.headers[scene.adapter.credentialHeader ?? 'authorization']);
      const [hasToken, hasOwn] = [value.includes('contract-token-1'), value.includes('own-credential')];
      scene.check(
        hasToken && !hasOwn,
        `The client has a credential of its own, and the line manages the token. The request must carry the token alone. It carried the token: ${hasToken ? 'yes' : 'no'}, the credential of the client: ${hasOwn ? 'yes' : 'no'}.`,
      );
    },
  ),
  define(
    'sends the request again with the new token after a 401',
    {
      why: 'The token may be revoked at any time. The platform executed nothing, and the caller shall not notice.',
      guide: 'tokens',
      needs,
    },
    async (scene) => {
      const made = grants(scene);
      const caller = await scene.guarded(scene.line({ token: made.token }));
      const id = makeId();
      scene.server.answer(id, { status: 401 });
      const running = await scene.run(caller, { id });
      const found = tokensIn(scene, scene.server.requestsFor(id));
      scene.check(
        found === '1, 2' && !running.isRejected,
        `After a 401, the request must be sent again with a new token: 1, 2. The requests carried: ${found}. The call ended with ${describeEnd(running)}.`,
      );
    },
  ),
  define(
    'renews the token once for two calls that get a 401',
    {
      why: 'A second renewal may revoke the token of the first. Then both calls fail again.',
      guide: 'tokens',
      needs,
    },
    async (scene) => {
      const made = grants(scene);
      const caller = await scene.guarded(scene.line({ token: made.token }));
      const ids = [makeId(), makeId()];
      for (const id of ids) scene.server.answer(id, { status: 401 });
      const calls = ids.map((id) => caller.start({ id }));
      let failed = 0;
      for (const call of calls) if ((await scene.end(call)).isRejected) failed++;
      scene.check(
        made.count === 2 && failed === 0,
        `Two calls got a 401 at once. The line must have fetched two tokens, and both calls must succeed. It fetched ${made.count}, and ${failed} calls failed.`,
      );
    },
  ),
  define(
    'sends the token that is valid when the request leaves',
    {
      why: 'A call may wait longer than its token lives. An adapter that signs before the wait sends an expired token.',
      guide: 'tokens',
      needs,
    },
    async (scene) => {
      const quota = { limit: 1, windowMs: 2_000, enforcement: 'sliding', scope: () => 'all' } as const;
      const { token } = grants(scene, 1_000);
      const line = scene.line({ token, governor: { quotas: [quota] } });
      const caller = await scene.guarded(line);
      const first = await scene.run(caller);
      const second = await scene.run(caller);
      const requests = [first, second].flatMap(({ request: { id } }) => scene.server.requestsFor(id));
      const found = tokensIn(scene, requests);
      scene.check(
        /^1, [2-9]$/.test(found),
        `A token lives for 1 s, and the second call waits for 2 s. It must leave with a newer token than the first. The requests carried: ${found}.`,
      );
    },
  ),
  define(
    'gives a second 401 to the caller',
    {
      why: 'A 401 with a new token is about the right of the caller. The caller must see it as the client reports it.',
      guide: 'tokens',
      needs,
    },
    async (scene) => {
      const native = await scene.nativeKind({ status: 401 });
      const { token } = grants(scene);
      const caller = await scene.guarded(scene.line({ token }));
      const id = scene.alwaysAnswer({ status: 401 });
      const kind = await kindOf(caller, await scene.run(caller, { id }));
      const { length: requests } = scene.server.requestsFor(id);
      scene.check(
        kind === native && requests === 2,
        `After two 401, the call must end as without a guard: ${native}. It ended with: ${kind}. The server got ${requests} requests.`,
      );
    },
  ),
  define(
    'sends no token to a foreign origin',
    {
      why: "Whoever receives the token can act as the user. The line sends it to the origin of the client's own API only.",
      guide: 'tokens',
      needs: [...needs, 'absoluteUrl'],
    },
    async (scene) => {
      const foreign = await scene.startServer();
      // Without `token.origins`, which would decide instead of the adapter.
      const { grant } = grants(scene).token;
      const caller = await scene.guarded(scene.line({ token: { grant } }));
      const id = makeId();
      await scene.run(caller, { method: 'POST', id, baseUrl: foreign.url });
      const requests = foreign.requestsFor(id);
      const found = tokensIn(scene, requests);
      scene.check(
        requests.length > 0 && !/\d/.test(found),
        `A request to another origin must carry no token of the line. That origin got ${requests.length} requests with these tokens: ${found}.`,
      );
    },
  ),
  define(
    'sends no token along with a redirect to a foreign origin',
    {
      why: 'A platform may redirect a download to a storage host. That host must not receive the token.',
      guide: 'tokens',
      needs: [...needs, 'redirects'],
    },
    async (scene) => {
      const foreign = await scene.startServer();
      const { token } = grants(scene);
      const caller = await scene.guarded(scene.line({ token }));
      const id = makeId();
      const target = makeId();
      scene.server.answer(id, { status: 302, headers: { location: `${foreign.url}/items/${target}` } });
      await scene.run(caller, { id });
      const requests = foreign.requestsFor(target);
      const found = tokensIn(scene, requests);
      scene.check(
        requests.length > 0 && !/\d/.test(found),
        `A redirected request to another origin must carry no token of the line. That origin got ${requests.length} requests with these tokens: ${found}.`,
      );
    },
  ),
];
