import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GUIDE } from '../contract/failure.js';
import { POLICY_CASES } from '../policy/run-policy-contract.js';
import { CASES } from './index.js';

/** The anchors of all headings of a page, as the site makes them. */
function anchorsOf(page: string): string[] {
  const text = readFileSync(new URL(`../../../../${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe.each([
  [GUIDE, CASES],
  ['docs/extend/write-a-policy.md', POLICY_CASES],
])('%s', (page, cases) => {
  const anchors = anchorsOf(page);

  it.each(cases.map(({ name, guide }) => [guide, name]))('has the heading "%s", which treats "%s"', (guide) => {
    expect(anchors).toContain(guide);
  });
});
