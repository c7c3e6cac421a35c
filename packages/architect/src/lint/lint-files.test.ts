import { describe, expect, test } from 'vitest';
import { lintFiles } from './lint-files.js';

/** A workflow whose data action in line 7 has no failure path, and a comment in line 6. */
const flow = (comment: string, name = 'Main'): string => `workflow:
  name: ${name}
  states:
    - state:
        name: Start
        actions:
          ${comment}
          - callData: { name: Get, category: { CRM: { dataAction: { Get: { inputs: { id: { exp: Flow.Id } } } } } } }
          - endWorkflow: { name: End }
`;

const lint = (source: string): ReturnType<typeof lintFiles> => lintFiles([{ file: 'main.yaml', source }]);

describe('a comment turns off', () => {
  test.each([
    ['a rule', '# holdline-disable-next-line data-action-without-failure-path'],
    ['several rules', '# holdline-disable-next-line wait-too-long, data-action-without-failure-path'],
    ['all rules', '# holdline-disable-next-line'],
    ['a rule, with a reason', '# holdline-disable-next-line data-action-without-failure-path -- a log entry'],
    ['all rules, with a reason', '#holdline-disable-next-line -- generated'],
    [
      'rules in two lines',
      '# holdline-disable-next-line data-action-without-failure-path\n          # holdline-disable-next-line wait-too-long',
    ],
  ])('%s', (_, comment) => {
    const { findings, suppressed, unknownSuppressions } = lint(flow(comment));
    expect(findings).toEqual([]);
    expect(suppressed).toMatchObject([{ rule: 'data-action-without-failure-path' }]);
    expect(unknownSuppressions).toEqual([]);
  });

  test.each([
    ['another rule', '# holdline-disable-next-line wait-too-long'],
    ['another line', '# holdline-disable-next-line\n          # and a comment between'],
    ['a rule in a text', '# see holdline-disable-next-line data-action-without-failure-path'],
  ])('not %s', (_, comment) => {
    expect(lint(flow(comment)).findings).toHaveLength(1);
  });

  test('a rule that does not exist, which the report says', () => {
    expect(lint(flow('# holdline-disable-next-line data-action-without-failure-paths')).unknownSuppressions).toEqual([
      {
        name: 'data-action-without-failure-paths',
        nearest: 'data-action-without-failure-path',
        place: { file: 'main.yaml', line: 7, path: '' },
      },
    ]);
  });
});

test('a file that cannot be read does not hide the findings of the others', () => {
  const report = lintFiles([
    { file: 'a.yaml', source: flow('# a', 'A') },
    { file: 'b.yaml', source: 'workflow: [' },
    { file: 'c.yaml', source: 'services: { web: { image: x } }' },
    { file: 'd.i3WorkFlow', source: new Uint8Array([0xff, 0xff]) },
    { file: 'e.yaml', source: new TextEncoder().encode(flow('# e', 'E')) },
  ]);
  expect(report.flows).toBe(2);
  expect(report.findings.map(({ place, flow: name }) => [place.file, place.line, name])).toEqual([
    ['a.yaml', 8, 'A'],
    ['e.yaml', 8, 'E'],
  ]);
  expect(report.unreadable.map(({ place, code }) => [place.file, code])).toEqual([
    ['b.yaml', 'SYNTAX'],
    ['c.yaml', 'NOT_A_FLOW'],
    ['d.i3WorkFlow', 'ENCODING'],
  ]);
});

test('says what was not checked, with the flow', () => {
  expect(lint(flow('# a')).notChecked).toEqual([
    {
      rule: 'data-action-volume',
      file: 'main.yaml',
      flow: 'Main',
      note: 'Volume was not checked: give the interactions per minute (callsPerMinute, --calls-per-minute).',
    },
  ]);
});

test('names of a hostile file cannot move the cursor', () => {
  const text = JSON.stringify({
    workflow: {
      name: 'a\u001B[2J',
      states: [
        {
          state: {
            actions: [
              { callData: { name: '\r\n', category: { 'x\u0007': { dataAction: { 'Get\u001B[1A\n': {} } } } } },
            ],
          },
        },
      ],
    },
  });
  const { findings, notChecked } = lint(text);
  expect(findings.length).toBeGreaterThan(0);
  for (const { message, place, flow: name } of findings)
    expect(message + place.path + name).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
  for (const { note, flow: name } of notChecked) expect(note + name).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
});
