// The README says what the contract proved, and nothing else. `npm run readme` writes that section; this test keeps it true.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { CONTRACT_VERSION } from '@holdline/adapter-kit';
import { expect, it } from 'vitest';
import * as sources from '../src/index.js';
import { adapter } from './adapter.contract.js';

const README = 'README.md';
const SECTION = /(?<=<!-- claims -->\n\n).*(?=\n\n<!-- \/claims -->)/s;

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  private?: boolean;
  holdline: { client?: string; versions?: string; contract: number };
};
const { client, versions, contract } = manifest.holdline;
const isExample = existsSync('test/example-client.ts');

function claims(): string {
  if (isExample)
    return '**This adapter is not finished.** Its contract runs on the example client of the template, so nothing is known about a real client.';
  const lacking = Object.entries(adapter(sources).lacks ?? {}).map(
    ([feature, reason]) => `- \`${feature}\`: ${reason}`,
  );
  return [
    `This package passes version ${contract} of the contract for Holdline adapters with \`${client}\` ${versions}.`,
    lacking.length === 0
      ? 'No case was left out.'
      : `The cases that need these features were left out:\n\n${lacking.join('\n')}`,
  ].join(' ');
}

it('names the version of the contract that the tests run', () => {
  expect(contract).toBe(CONTRACT_VERSION);
});

it('cannot be published while it guards the example client, and names its client afterwards', () => {
  expect(manifest.private === true).toBe(isExample);
  if (!isExample) expect([client, versions]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
});

it('claims in its README what the contract proved', () => {
  if (process.env['MODE'] === 'readme')
    writeFileSync(
      README,
      readFileSync(README, 'utf8').replace(SECTION, () => claims()),
    );
  expect(SECTION.exec(readFileSync(README, 'utf8'))?.[0]).toBe(claims());
});
