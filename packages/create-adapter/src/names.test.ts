import { describe, expect, it } from 'vitest';
import { guardNameOf, isIdentifier, parseClient, policyNameOf, problemOfPackageName } from './names.js';

describe('the name of a package', () => {
  it.each(['a', 'holdline-superagent', '@acme/holdline-crm', '@acme-1/x.y_z', '7zip', 'a'.repeat(214)])(
    'may be %s',
    (name) => expect(problemOfPackageName(name)).toBeUndefined(),
  );

  it.each([
    ...[
      '',
      ' ',
      'Upper',
      'two words',
      '.hidden',
      '_private',
      '@acme',
      '@acme/',
      '/x',
      'a/b',
      '@a/b/c',
      '../up',
      'a\\b',
    ],
    ...['node_modules', 'favicon.ico', "it's", 'a"b', 'a\nb', 'a$b', 'a'.repeat(215), 'umlaut-ä'],
  ])('may not be %j', (name) => expect(problemOfPackageName(name)).toMatch(/^allowed is a name of npm/));
});

describe('a client', () => {
  it.each([
    ['superagent', { name: 'superagent', range: undefined }],
    ['superagent@^10.2.0', { name: 'superagent', range: '^10.2.0' }],
    ['@acme/sdk', { name: '@acme/sdk', range: undefined }],
    ['@acme/sdk@>=1.2 <3 || 4.x', { name: '@acme/sdk', range: '>=1.2 <3 || 4.x' }],
    ['JSONStream@1.0.0-beta.2', { name: 'JSONStream', range: '1.0.0-beta.2' }],
    ['needle@*', { name: 'needle', range: '*' }],
  ])('may be %s', (text, parsed) => expect(parseClient(text)).toEqual(parsed));

  it.each(['', '@', 'a b', 'x@', 'x@latest', 'x@file:../x', 'x@git+ssh://h/x', '--global', 'x;rm -rf', '$(x)', 'x@1"'])(
    'may not be %j',
    (text) => {
      expect(parseClient(text)).toBeUndefined();
    },
  );
});

it('makes the name of the guard of a package', () => {
  expect(guardNameOf('superagent')).toBe('guardSuperagent');
  expect(guardNameOf('@acme/holdline-super-agent')).toBe('guardSuperAgent');
  expect(guardNameOf('acme-crm-adapter')).toBe('guardAcmeCrm');
  expect(guardNameOf('7zip')).toBe('guard7zip');
  expect(guardNameOf('---')).toBe('guardClient');
  expect(isIdentifier(guardNameOf('a'.repeat(214)))).toBe(true);
});

it('makes the name of the policy of a package, which is never a reserved word', () => {
  expect(policyNameOf('holdline-freeze')).toBe('freeze');
  expect(policyNameOf('@acme/night-shift-policy')).toBe('nightShift');
  for (const name of ['delete', 'holdline-class', '7', '---', 'a'.repeat(214)]) {
    expect(isIdentifier(policyNameOf(name))).toBe(true);
  }
});

it('refuses reserved words and code as the name of a function', () => {
  for (const text of ['delete', 'await', '', '1a', 'a-b', 'a b', 'a;b', 'ä', 'a'.repeat(41)])
    expect(isIdentifier(text)).toBe(false);
  for (const text of ['guardAcme', '_a1', 'Delete']) expect(isIdentifier(text)).toBe(true);
});
