// The README says what the contract proved, and nothing else. `npm run readme` writes that section; this test keeps it true.
import { readFileSync, writeFileSync } from 'node:fs';
import { POLICY_CONTRACT_VERSION } from '@holdline/adapter-kit';
import { expect, it } from 'vitest';
import * as sources from '../src/index.js';
import { policy } from './policy.contract.js';

const README = 'README.md';
const SECTION = /(?<=<!-- claims -->\n\n).*(?=\n\n<!-- \/claims -->)/s;

const { holdline } = JSON.parse(readFileSync('package.json', 'utf8')) as { holdline: { contract: number } };

function claims(): string {
  const lacking = Object.entries(policy(sources).lacks ?? {}).map(([feature, reason]) => `- \`${feature}\`: ${reason}`);
  return [
    `This package passes version ${holdline.contract} of the contract for Holdline policies.`,
    lacking.length === 0
      ? 'No case was left out.'
      : `The cases that need these features were left out:\n\n${lacking.join('\n')}`,
  ].join(' ');
}

it('names the version of the contract that the tests run', () => {
  expect(holdline.contract).toBe(POLICY_CONTRACT_VERSION);
});

it('claims in its README what the contract proved', () => {
  if (process.env['MODE'] === 'readme')
    writeFileSync(
      README,
      readFileSync(README, 'utf8').replace(SECTION, () => claims()),
    );
  expect(SECTION.exec(readFileSync(README, 'utf8'))?.[0]).toBe(claims());
});
