import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { lintFiles } from '../lint/lint-files.js';
import { parseLintOptions } from '../lint/options.js';
import { RULES } from './index.js';
import { RULE_IDS } from './rule-ids.js';

const PAGE = readFileSync(
  fileURLToPath(new URL('../../../../docs/guides/architect-rules.md', import.meta.url)),
  'utf8',
);

const LEVELS = { error: 'error', warn: 'warning', hint: 'hint' } as const;

/** The part of the page about a rule. */
function sectionOf(rule: string): string {
  const start = PAGE.indexOf(`\n## \`${rule}\``);
  expect(start, `the page has no section about ${rule}`).toBeGreaterThan(0);
  return PAGE.slice(start, PAGE.indexOf('\n## ', start + 1));
}

/** The example below a word such as `Bad:`. */
const example = (section: string, title: string): string | undefined =>
  new RegExp(`\\n${title}:\\n\\n\`\`\`(?:yaml|json)\\n([^]*?)\`\`\``).exec(section)?.[1];

function findings(text: string | undefined, options: string | undefined): string[] {
  const report = lintFiles([{ file: 'example', source: text ?? '' }], parseLintOptions(options ?? ''));
  expect(report.unreadable).toEqual([]);
  return report.findings.map(({ rule }) => rule);
}

test('the ids of the rules are those of the options', () => {
  expect(RULES.map(({ id }) => id)).toEqual(RULE_IDS);
});

test('the options of the guide are options', () => {
  const [, options] = /```yaml\n(# holdline\.architect\.yaml\n[^]*?)```/.exec(PAGE) ?? [];
  expect(parseLintOptions(options ?? '')).toMatchObject({ callsPerMinute: 120, limits: { actions: 10_000 } });
});

describe.each(RULES.map((rule) => [rule.id, rule] as const))('the guide to %s', (id, rule) => {
  const section = sectionOf(id);
  const options = example(section, 'Options of both examples');

  test('has a bad example with exactly this finding, and a good one without any', () => {
    expect(findings(example(section, 'Bad'), options)).toEqual([id]);
    expect(findings(example(section, 'Good'), options)).toEqual([]);
  });

  test('says what the rule says', () => {
    expect(section).toContain(`${rule.title}. Level: ${LEVELS[rule.level]}.`);
    expect(section).toContain(rule.reason);
    expect(section).toContain(`**What it would have caught:** ${rule.wouldHaveCaught}`);
    for (const { text, url, grade } of rule.sources) expect(section).toContain(`[${text}](${url}) (${grade})`);
  });
});
