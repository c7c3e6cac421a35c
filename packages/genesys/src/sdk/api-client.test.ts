import { describe, expect, test } from 'vitest';
import { clientWith } from './api-client.fixture.js';
import { apiUrl, loginUrl, type ApiClientLike } from './api-client.js';

describe('URLs of the API and the login host', () => {
  const getConfUrl = (kind: 'api' | 'login', regionUrl: string): string => `${kind} for ${regionUrl}`;
  test.each<[ApiClientLike['config'], string, string]>([
    [{}, 'https://api.mypurecloud.com', 'https://login.mypurecloud.com'],
    [
      { basePath: 'https://api.mypurecloud.ie', environment: 'mypurecloud.ie' },
      'https://api.mypurecloud.ie',
      'https://login.mypurecloud.ie',
    ],
    [{ getConfUrl }, 'api for https://api.mypurecloud.com', 'login for https://login.mypurecloud.com'],
  ])('%j', (config, api, login) => {
    const client = clientWith({ config });
    expect([apiUrl(client), loginUrl(client)]).toEqual([api, login]);
  });
});
