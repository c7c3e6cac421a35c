import { afterEach, describe, expect, it, vi } from 'vitest';
import { resolveUrl } from './url.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the URL of a request', () => {
  it.each<[string | undefined, string, string]>([
    [undefined, '/users', '/users'],
    ['/api', 'users', '/api/users'],
    ['https://api.test/v2/', '/users', 'https://api.test/v2/users'],
    ['https://api.test', 'https://other.test/users', 'https://other.test/users'],
    ['https://api.test', '//other.test/users', '//other.test/users'],
  ])('is not resolved further in Node: %s and %s', (baseURL, url, expected) => {
    expect(resolveUrl({ url, ...(baseURL !== undefined && { baseURL }) })).toBe(expected);
  });

  it.each<[string, string, string]>([
    ['/api', 'users', 'https://page.test/api/users'],
    ['api', '/users?n=1', 'https://page.test/desktop/api/users?n=1'],
    ['', '//other.test/users', 'https://other.test/users'],
    ['/api', 'https://other.test/users', 'https://other.test/users'],
    ['', 'data:text/plain,x', 'data:text/plain,x'],
  ])('is relative to the page in a browser: %s and %s', (baseURL, url, expected) => {
    vi.stubGlobal('location', { href: 'https://page.test/desktop/index.html' });
    expect(resolveUrl({ url, baseURL })).toBe(expected);
    vi.stubGlobal('document', { baseURI: 'https://page.test/desktop/' });
    vi.stubGlobal('location', { href: 'https://elsewhere.test/' });
    expect(resolveUrl({ url, baseURL })).toBe(expected);
  });

  it('stays relative in a worker from a blob', () => {
    vi.stubGlobal('location', { href: 'blob:https://page.test/0b7e' });
    expect(resolveUrl({ url: '/users' })).toBe('/users');
  });

  it('has no origin if the target depends on the axios version', () => {
    vi.stubGlobal('location', { href: 'https://page.test/' });
    const config = { baseURL: 'https://api.test', url: 'https://other.test/users', allowAbsoluteUrls: false };
    expect(resolveUrl(config)).toBe('/users');
  });
});
