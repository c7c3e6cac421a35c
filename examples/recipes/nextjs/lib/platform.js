// One line for the whole server process. Next.js bundles pages and route handlers separately, and loads a module again when it
// changes. Only `globalThis` is the same for all of them.
import { createHoldline } from '@holdline/core';
import { guardFetch } from '@holdline/fetch';
import { clientCredentials, genesysCloud } from '@holdline/genesys';

const KEY = Symbol.for('my-app/platform');

function createPlatform() {
  const { API_URL, LOGIN_URL, CLIENT_ID, CLIENT_SECRET } = process.env;
  const line = createHoldline(
    genesysCloud({
      retry: 'interactive',
      deadline: { totalTimeoutMs: 10_000, attemptTimeoutMs: 5_000 },
      token: { grant: clientCredentials({ clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, loginUrl: LOGIN_URL }) },
    }),
  );
  // `no-store`: the cache of Next.js would answer instead of the platform, with the data of another user.
  const send = (input, init) => fetch(input, { cache: 'no-store', ...init });
  const api = guardFetch(send, { line, origins: [API_URL] });
  return {
    line,
    async readUser(id) {
      const response = await api(`${API_URL}/api/v2/users/${encodeURIComponent(id)}`);
      if (!response.ok) throw new Error(`user ${id}: ${response.status}`);
      return response.json();
    },
  };
}

/** Called in a request, never when a module loads: `next build` loads modules without the settings. */
export function platform() {
  return (globalThis[KEY] ??= createPlatform());
}
