// The schema of SARIF 2.1.0, as a package of Microsoft carries it.
import SCHEMA from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };
import addFormats from 'ajv-formats';
import Draft4 from 'ajv-draft-04';
import { describe, expect, test } from 'vitest';
import { lintFiles } from '../lint/lint-files.js';
import { RULES } from '../rules/index.js';
import { toSarif } from './sarif.js';

const ajv = new Draft4.default({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const validate = ajv.compile(SCHEMA);

function expectValid(log: unknown): void {
  validate(JSON.parse(JSON.stringify(log)));
  expect(validate.errors ?? []).toEqual([]);
}

const flow = (comment = ''): string => `workflow:
  name: Main
  states:
    - state:
        name: Start
        actions:
          ${comment || '# a'}
          - callData: { name: Get, category: { CRM: { dataAction: { Get: { inputs: { id: { exp: Flow.Id } } } } } } }
`;

const report = lintFiles([
  { file: 'flows/main flow.yaml', source: flow() },
  { file: 'flows/quiet.yaml', source: flow('# holdline-disable-next-line data-action-without-failure-path') },
  { file: 'flows/typo.yaml', source: flow('# holdline-disable-next-line data-action') },
  { file: '/abs/broken.yaml', source: 'workflow: [' },
  { file: 'C:\\flows\\broken.yaml', source: '' },
]);
const log = toSarif(report, RULES, '1.2.3');
const [run] = log.runs;

describe('a report as SARIF', () => {
  test('is valid by the schema, also without anything', () => {
    expectValid(log);
    expectValid(toSarif(lintFiles([]), RULES));
  });

  test('the schema refuses what is no SARIF', () => {
    expect(validate({ ...log, runs: [{ ...run, results: [{ level: 'fatal' }] }] })).toBe(false);
    expect(validate({ ...log, runs: [{ results: [] }] })).toBe(false);
  });

  test('has the place, the rule and a fingerprint without the line', () => {
    expect(run?.results[0]).toEqual({
      ruleId: 'data-action-without-failure-path',
      ruleIndex: 4,
      level: 'warning',
      message: {
        text: "'Get' does nothing on failure and timeout. Say what happens on each output: go on without the data, hand on to a queue, or repeat with a bound.",
      },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'flows/main%20flow.yaml' },
            region: { startLine: 8, startColumn: 13 },
          },
          logicalLocations: [
            { name: 'Call Data Action "Get"', fullyQualifiedName: 'State "Start" › Call Data Action "Get"' },
          ],
        },
      ],
      partialFingerprints: {
        'holdlineFinding/v1': 'data-action-without-failure-path|Main|State "Start" › Call Data Action "Get"',
      },
    });
  });

  test('has the findings that a comment turns off, with their suppression', () => {
    expect(run?.results.map(({ suppressions }) => suppressions)).toEqual([
      undefined,
      undefined,
      [{ kind: 'inSource' }],
    ]);
  });

  test('has a notification for each file that could not be read, and for what was not checked', () => {
    const { executionSuccessful, toolExecutionNotifications: notes } = run?.invocations[0] ?? {};
    expect(executionSuccessful).toBe(false);
    const uris = notes?.map(({ level, locations }) => [level, locations[0]?.physicalLocation.artifactLocation.uri]);
    expect(uris).toEqual([
      ['error', 'file:///abs/broken.yaml'],
      ['error', 'file:///C:/flows/broken.yaml'],
      ['warning', 'flows/typo.yaml'],
      ['note', 'flows/main%20flow.yaml'],
      ['note', 'flows/quiet.yaml'],
      ['note', 'flows/typo.yaml'],
    ]);
  });

  test('describes each rule with its source', () => {
    expect(run?.tool.driver).toMatchObject({ name: 'holdline architect lint', semanticVersion: '1.2.3' });
    expect(run?.tool.driver.rules.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id));
    for (const { helpUri, help } of run?.tool.driver.rules ?? []) {
      expect(helpUri).toMatch(/^https:\/\//);
      expect(help.markdown).toContain(helpUri);
    }
  });
});
