// The code under test: a client of a directory of users. Tests give it another `send`, clock or random source.
import { createHoldline } from '@holdline/core';
import { guardFetch } from '@holdline/fetch';

export function createDirectory({ baseUrl = 'https://api.example.com', send = fetch, ...config } = {}) {
  const line = createHoldline({
    governor: { quotas: [{ limit: 10, windowMs: 60_000, enforcement: 'sliding' }] },
    retry: { maxAttempts: 3, baseDelayMs: 1_000 },
    ...config,
  });
  const api = guardFetch(send, { line, origins: [baseUrl] });
  const ask = async (path, init) => {
    const response = await api(`${baseUrl}${path}`, init);
    if (!response.ok) throw Object.assign(new Error(`status ${response.status}`), { status: response.status });
    return response.json();
  };
  return {
    line,
    readUser: (id) => ask(`/api/v2/users/${id}`),
    addContact: (contact) =>
      ask('/api/v2/externalcontacts/contacts', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(contact),
      }),
  };
}
