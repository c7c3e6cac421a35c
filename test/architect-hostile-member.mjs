// Reads one hostile file, asks all questions about it, and prints what came out. architect-hostile.long.e2e.ts bounds its memory.
import { flowCycles, FlowFileError, reachableActions, readFlow, turnSearch, worstCase } from '@holdline/architect';

const [, , name, maxBytes] = process.argv;
const exported = (json) => Buffer.from(encodeURIComponent(json), 'latin1').toString('base64');
const workflow = (actions) => `workflow:\n  states:\n    - state:\n        name: S\n        actions:\n${actions}`;
const flow = (actionList) =>
  JSON.stringify({ type: 'workflow', flowSequenceItemList: [{ id: 's', startAction: '0', actionList }] });
const many = (count, action) => Array.from({ length: count }, (_, at) => ({ id: String(at), ...action(at, count) }));
const next = (at, count) => (at + 1 < count ? String(at + 1) : undefined);
const lines = (count, line) => Array.from({ length: count }, (_, at) => line(at)).join('');

/** A flow with `{ outputs: { yes: …, no: … } }` of the one before, forty times. */
const bomb = () =>
  `workflow:\n  tasks: []\n  q0: &q0\n    - wait: {}\n${lines(
    40,
    (at) =>
      `  q${at + 1}: &q${at + 1}\n    - decision: { outputs: { yes: { actions: *q${at} }, no: { actions: *q${at} } } }\n`,
  )}  startActions: *q40\n`;

const FILES = {
  '100 MB of base64': () => 'QUJD'.repeat(25_000_000),
  '8 MB of base64': () => 'QUJD'.repeat(2_000_000),
  '50 MB of YAML': () => workflow('          - endWorkflow: {}\n'.repeat(1_900_000)),
  '8 MB of YAML': () => workflow('          - endWorkflow: {}\n'.repeat(290_000)),
  '8 MB of one text': () => `workflow: { name: "${'x'.repeat(8_000_000)}", states: [] }`,
  '8 MB of lines of one text': () => `a: |\n${'  x\n'.repeat(2_000_000)}`,
  '8 MB of short items': () => `workflow: [${'a,'.repeat(4_000_000)}]`,
  '8 MB of empty lists in JSON': () => `{"flowSequenceItemList":[${'[],'.repeat(2_700_000)}0],"type":"workflow"}`,
  '400,000 errors': () => '}'.repeat(400_000),
  '100,000 documents': () => '---\n'.repeat(100_000),
  '50,000 anchors and aliases': () => `workflow: { tasks: [${lines(50_000, (at) => `&a${at} x, *a${at}, `)}] }`,
  'aliases that double forty times': bomb,
  'lists that double forty times': () =>
    `workflow:\n  q0: &q0 [x, x]\n${lines(40, (at) => `  q${at + 1}: &q${at + 1} [*q${at}, *q${at}]\n`)}`,
  'an alias inside of itself': () =>
    'workflow: { startActions: &x [{ decision: { outputs: { yes: { actions: *x } } } }], tasks: [] }',
  '100,000 lists inside each other in JSON': () => `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  '100,000 objects inside each other in an export': () => exported(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`),
  '100,000 lists inside each other in an action': () =>
    flow([{ id: '0', x: 0 }]).replace('"x":0', `"x":${'['.repeat(100_000)}${']'.repeat(100_000)}`),
  '100,000 mappings inside each other in YAML': () => `workflow: ${'{a: '.repeat(100_000)}${'}'.repeat(100_000)}`,
  '100,000 lists inside each other in YAML': () => `${'- '.repeat(100_000)}x`,
  '3,000 indents in YAML': () => lines(3_000, (at) => `${' '.repeat(at)}a:\n`),
  '100,000 actions inside each other': () =>
    flow(many(100_000, (at, count) => ({ path: { nextActionId: next(at, count) } }))),
  '100,000 actions after each other': () => flow(many(100_000, (at, count) => ({ nextAction: next(at, count) }))),
  '100,001 actions': () => flow(many(100_001, (at, count) => ({ nextAction: next(at, count) }))),
  'a circle of 50,000 actions': () => flow(many(50_000, (at, count) => ({ nextAction: next(at, count) ?? '0' }))),
  '20,000 decisions that lead to the same next one': () =>
    flow(
      many(20_000, (at, count) => ({
        __type: 'DecisionAction',
        paths: [{ outputId: '__YES__' }, { outputId: '__NO__' }],
        nextAction: next(at, count),
      })),
    ),
  '20,000 tasks that call each other': () =>
    JSON.stringify({
      type: 'workflow',
      initialSequence: 't0',
      flowSequenceItemList: many(20_000, (at) => ({
        id: `t${at}`,
        startAction: `a${at}`,
        actionList: [{ id: `a${at}`, __type: 'CallTaskAction', taskReference: `t${(at + 1) % 20_000}` }],
      })),
    }),
  'an id that is missing': () => flow([{ name: 'Wait' }]),
  'an id that is there twice': () => flow([{ id: '0' }, { id: '0' }]),
  'numbers, lists and null everywhere': () =>
    '{"type":"workflow","name":7,"initialSequence":[],"errorHandling":3,"variables":[null,{"name":{}}],"flowSequenceItemList":' +
    '[{"id":"s","name":[],"__type":1,"actionList":[{"id":"0","name":{},"__type":null,"paths":{},"path":7,"inputs":"x","duration":[]}]}]}',
  'a link that is a number': () => flow([{ id: '0', nextAction: 1 }]),
  'a NUL character': () => workflow('          - endWorkflow: {}\0'),
  'invalid UTF-8': () => Buffer.concat([Buffer.from('workflow: '), Buffer.from([0xc3, 0x28])]),
  'invalid percent-encoding': () => Buffer.from('%7B%2').toString('base64'),
  'keys of the prototype': () =>
    exported(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"type":"__proto__","flowSequenceItemList":' +
        '[{"id":"__proto__","actionList":[{"id":"constructor","__type":"toString","__proto__":{"polluted":1}}]}]}',
    ),
  'an empty file': () => '',
};

if (name === undefined) console.log(JSON.stringify(Object.keys(FILES)));
else {
  const source = FILES[name]();
  const started = performance.now();
  let result;
  try {
    const read = readFlow(source, { file: 'hostile', ...(maxBytes && { maxBytes: Number(maxBytes) }) });
    const busyTurn = turnSearch(read, { through: ({ kind }) => kind === 'dataAction', avoiding: () => false });
    for (const { id } of read.actions.values()) busyTurn(id);
    result = {
      actions: read.actions.size,
      reachable: reachableActions(read).size,
      cycles: flowCycles(read).length,
      worst: String(worstCase(read).total),
    };
  } catch (error) {
    if (!(error instanceof FlowFileError)) throw error;
    result = { code: error.code, message: error.message };
  }
  console.log(JSON.stringify({ ...result, ms: performance.now() - started, polluted: {}.polluted }));
}
