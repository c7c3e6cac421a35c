import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lintFiles } from '@holdline/architect';
import { describe, expect, test } from 'vitest';
import { makeProject, run, runShell } from './cli-support.js';

/** A workflow that asks for a ticket until it is there, without a bound and without a Wait. */
const POLL = `workflow:
  name: Find a ticket
  states:
    - state:
        name: Start
        actions:
          - loop:
              name: Until it is there
              loopCount: { exp: Flow.Retries }
              outputs:
                loop:
                  actions:
                    - callData:
                        name: Get ticket
                        category: { CRM: { dataAction: { Get ticket: { inputs: { id: { exp: Flow.TicketId } } } } } }
                        outputs:
                          success: { actions: [{ loopExit: { name: Done } }] }
                          failure: { actions: [{ loopNext: { name: Again } }] }
                          timeout: { actions: [{ loopNext: { name: Again } }] }
`;
const CLEAN = 'workflow: { name: Nothing, states: [{ state: { name: Start, actions: [{ endWorkflow: {} }] } }] }\n';

/** An export as Architect writes it: base64 of percent-encoded JSON. */
const EXPORT = Buffer.from(
  encodeURIComponent(
    JSON.stringify({
      name: 'Exported',
      type: 'WORKFLOW',
      initialSequence: 's1',
      flowSequenceItemList: [
        {
          __type: 'State',
          id: 's1',
          name: 'Start',
          startAction: 'a1',
          actionList: [
            {
              __type: 'WaitAction',
              id: 'a1',
              name: 'Five days',
              nextAction: 'a2',
              duration: {
                config: { lit: { pos: 1, text: 'P5D0H0M0S0F', type: 'dur' } },
                text: 'P5D0H0M0S0F',
                type: 'dur',
                version: 2,
              },
            },
            { __type: 'EndWorkflowAction', id: 'a2', name: 'End' },
          ],
        },
      ],
    }),
  ),
).toString('base64');

describe('holdline architect', () => {
  test('lint finds what breaks a limit, in files, folders and the standard input', async () => {
    const cwd = makeProject({ 'flows/poll.yaml': POLL, 'clean.yaml': CLEAN }, []);
    const { code, out, err } = await run(['architect', 'lint', 'flows', 'clean.yaml'], cwd);
    expect([code, err]).toEqual([1, '']);
    expect(out).toContain('flows/poll.yaml\n  7:13 error data-action-loop-without-wait\n');
    expect(out).toContain('  7:13 error unbounded-retry\n');
    expect(out).toContain('2 flows: 2 errors\n');
    expect(out).not.toContain('\u001B');
    const piped = await runShell('"$NODE" "$HOLDLINE" architect lint - < flows/poll.yaml', cwd);
    expect(piped).toMatchObject({ code: 1, out: expect.stringContaining('stdin\n  7:13 error') as string });
  });

  test('lint reads an export', async () => {
    const cwd = makeProject({ 'lookup.i3WorkFlow': EXPORT }, []);
    const { code, out } = await run(['architect', 'lint', '.', '--json'], cwd);
    const report = JSON.parse(out) as ReturnType<typeof lintFiles>;
    expect([code, report.flows, report.unreadable]).toEqual([1, 1, []]);
    expect(report.findings).toMatchObject([{ rule: 'wait-too-long', place: { file: 'lookup.i3WorkFlow' } }]);
  });

  test('lint writes SARIF, and a damaged file does not hide the findings of the others', async () => {
    const cwd = makeProject({ 'a.yaml': 'workflow: [', 'b.yaml': POLL }, []);
    const { code, out } = await run(['architect', 'lint', 'a.yaml', 'b.yaml', '--sarif', 'out.sarif'], cwd);
    expect(code).toBe(2);
    expect(out).toContain('not read: a.yaml:1:');
    const { runs } = JSON.parse(readFileSync(join(cwd, 'out.sarif'), 'utf8')) as {
      runs: { results: { ruleId: string }[]; invocations: { executionSuccessful: boolean }[] }[];
    };
    expect(runs[0]?.results.map(({ ruleId }) => ruleId)).toEqual(['data-action-loop-without-wait', 'unbounded-retry']);
    expect(runs[0]?.invocations[0]?.executionSuccessful).toBe(false);
  });

  test('the configuration file of Holdline may have the options', async () => {
    const config = `export const architect = { rules: { 'unbounded-retry': 'off', 'data-action-loop-without-wait': 'hint' } };\n`;
    const cwd = makeProject({ 'poll.yaml': POLL, 'holdline.config.ts': config });
    const { code, out } = await run(['architect', 'lint', 'poll.yaml', '--config', 'holdline.config.ts'], cwd);
    expect([code, out.split('\n')[1]]).toEqual([0, '  7:13 hint data-action-loop-without-wait']);
  });

  test('generate makes flows that lint accepts', async () => {
    const cwd = makeProject({}, []);
    const steps = ['cache', 'retry', 'overflow'].map(
      (name) =>
        `"$NODE" "$HOLDLINE" architect generate ${name} --example > ${name}.json && ` +
        `"$NODE" "$HOLDLINE" architect generate ${name} --from ${name}.json -o ${name}.yaml`,
    );
    const { code, err } = await runShell(steps.join(' && '), cwd);
    expect([code, err.match(/^Wrote \w+\.yaml\./gm)?.length]).toEqual([0, 3]);
    for (const name of ['cache', 'retry', 'overflow']) expect(existsSync(join(cwd, `${name}.yaml`))).toBe(true);
    const lint = await run(
      ['architect', 'lint', '.', '--calls-per-minute', '60', '--p95', '500ms', '--max-level', 'none'],
      cwd,
    );
    expect([lint.code, lint.out]).toEqual([0, '3 flows: nothing found\n']);
  });
});

test('the package works by itself', () => {
  expect(lintFiles([{ file: 'poll.yaml', source: POLL }]).findings).toHaveLength(2);
});
