import { describe, expect, test } from 'vitest';
import { isLogin, createOriginCheck } from './own-origins.js';
import { authWith, httpClient } from './sdk-parts.fixture.js';

describe('the origins of the API', () => {
  const config = {
    acdApiBaseUri: 'https://acd.partner.test/',
    cluster: 'C1',
    dfoApiBaseUri: 'https://dfo.partner.test',
  };
  const CXoneAuth = authWith({
    getCXoneConfig: () => config,
    authSettings: { cxoneHostname: 'https://login.partner.test' },
  });
  const isOwn = createOriginCheck({ HttpClient: httpClient(), CXoneAuth, origins: ['https://gateway.test'] });

  test.each([
    ['https://api-na1.niceincontact.com', true],
    ['https://na1.nice-incontact.com', true],
    ['https://api-de-eu1.staging.niceincontact.com', true],
    ['https://gateway.test', true],
    ['https://acd.partner.test', true],
    ['https://dfo.partner.test', true],
    ['https://login.partner.test', true],
    ['http://api-na1.niceincontact.com', false],
    ['https://niceincontact.com.evil.test', false],
    ['https://evilniceincontact.com', false],
    ['https://partner.test', false],
    ['', false],
  ])('%s: %s', (origin, expected) => {
    expect(isOwn(origin)).toBe(expected);
  });

  test.each([
    ['https://na1.nice-incontact.com/authentication/v1/token/access-key', true],
    ['https://cxone.niceincontact.com/auth/token', true],
    ['https://api-c1.incontact.test/incontactauthorizationserver/Token/whoami', true],
    ['https://na1.test/public/authentication/v1/refresh?x=1', true],
    ['https://na1.test/public/user/refresh', true],
    ['https://login.test/own/path', true],
    ['https://na1.test/incontactapi/services/v1.0/agents?next=/auth/token', false],
    ['https://na1.test/auth/tokens', false],
  ])('login at %s: %s', (url, expected) => {
    const auth = authWith({ oidcConfig: { tokenEndpoint: 'https://login.test/own/path' } });
    expect(isLogin(url, auth)).toBe(expected);
  });
});
