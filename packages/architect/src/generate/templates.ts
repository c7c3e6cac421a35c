import {
  callData,
  decision,
  expressionOf,
  inputVariables,
  literal,
  outputsOf,
  setText,
  transferToFlow,
  transferToQueue,
  variable,
  type GeneratedCall,
  type GeneratedInput,
  type Part,
} from './archy-parts.js';

/**
 * What all generated flows take.
 * @public
 */
export interface GeneratedFlowOptions {
  /** Name of the flow. */
  readonly name: string;
  /**
   * Division of the flow.
   * @defaultValue none: Archy takes the home division
   */
  readonly division?: string;
  /**
   * Default language.
   * @defaultValue 'en-us' (the vendor's examples)
   */
  readonly language?: string;
}

/**
 * Options of the template `data-table-cache`.
 * @public
 */
export interface DataTableCacheOptions extends GeneratedFlowOptions {
  /** Name of the data table. */
  readonly table: string;
  /** Expression of the key to look up: `Call.CalledAddress`. */
  readonly key: string;
  /** Column with the answer, as a string. */
  readonly column: string;
  /**
   * Column with the time of the answer.
   * @defaultValue 'Updated' (the vendor's example)
   */
  readonly updatedColumn?: string;
  /**
   * Age from which an answer is asked for again.
   * @defaultValue 5 (blueprint `design-architect-flow-data-actions-for-resiliency`: in most cases the data may be 1 to 5 minutes old)
   */
  readonly maxAgeMinutes?: number;
  /** The data action that has the answer. `output` is the name of the output with the answer. */
  readonly read: Omit<GeneratedCall, 'outputs'> & { readonly output: string };
  /** The data action that adds a row to the data table. Its inputs are `key`, the column and the column with the time. */
  readonly insert: Pick<GeneratedCall, 'category' | 'action'>;
  /** The data action that changes a row. Its inputs are those of `insert`. */
  readonly update: Pick<GeneratedCall, 'category' | 'action'>;
  /** Queue that takes the call afterwards. */
  readonly queue: string;
}

/**
 * Options of the template `bounded-retry`.
 * @public
 */
export interface BoundedRetryOptions extends GeneratedFlowOptions {
  /** The data action to repeat. A flow variable that stands alone in an input becomes an input of the flow. */
  readonly call: GeneratedCall;
  /**
   * Largest number of calls, 1 to 100.
   * @defaultValue 3 (ours: the vendor asks for a reasonable upper limit and names no number)
   */
  readonly attempts?: number;
  /**
   * Seconds between two calls, 1 to 86,400. All waits together are at most 72 hours.
   * @defaultValue 30 (ours)
   */
  readonly waitSeconds?: number;
}

/** Defaults of {@link BoundedRetryOptions}. */
export const BOUNDED_RETRY_DEFAULTS = { attempts: 3, waitSeconds: 30 };

/**
 * Options of the template `overflow`.
 * @public
 */
export interface OverflowOptions extends GeneratedFlowOptions {
  /** The data action to call once. */
  readonly call: GeneratedCall;
  /** Queue for a call whose data action succeeds. */
  readonly queue: string;
  /** Where a call goes whose data action fails or is too late: a queue, or a flow. */
  readonly overflow: { readonly queue: string } | { readonly flow: string };
  /**
   * What the caller hears before that.
   * @defaultValue nothing
   */
  readonly announcement?: string;
}

const head = ({ name, division, language = 'en-us' }: GeneratedFlowOptions, startUpRef: string): Part => ({
  name,
  ...(division !== undefined && { division }),
  startUpRef,
  defaultLanguage: language,
});

/** On an error that no action handles, the call goes to a task that hands it on. The default is a disconnect. */
const handOnAfterErrors = {
  settingsErrorHandling: { errorHandling: { jumpToTask: { targetTaskRef: './tasks/task[handOn]' } } },
};

const SILENCE = { exp: 'ToAudioBlank(1)' };
const disconnect: Part = { disconnect: { name: 'Disconnect' } };

const task = (name: string, refId: string, actions: readonly Part[], variables: readonly Part[] = []): Part => ({
  task: { name, refId, ...(variables.length > 0 && { variables }), actions },
});

/** Inbound call flow that looks in a data table first, and asks the service when the answer is missing or too old. */
export function dataTableCache(options: DataTableCacheOptions): Part {
  const { table, key, column, updatedColumn = 'Updated', maxAgeMinutes = 5, queue } = options;
  const { output, ...read } = options.read;
  const row: Record<string, GeneratedInput> = Object.fromEntries([
    ['key', { exp: key }],
    [column, { exp: 'Task.Answer' }],
    [updatedColumn, { exp: 'ToString(GetCurrentDateTimeUtc())' }],
  ]);
  const write = (name: string, call: Pick<GeneratedCall, 'category' | 'action'>): Part =>
    callData(
      name,
      { ...call, inputs: row },
      {
        failure: [setText('Not kept', 'Task.Cache', 'not written')],
        timeout: [setText('Perhaps not kept', 'Task.Cache', 'not written')],
      },
    );
  const lookUp: Part = {
    dataTableLookup: {
      name: 'Look in the data table',
      lookupValue: expressionOf(key),
      dataTable: Object.fromEntries([
        [
          table,
          {
            foundOutputs: Object.fromEntries([
              [column, { var: 'Task.Answer' }],
              [updatedColumn, { var: 'Task.Updated' }],
            ]),
          },
        ],
      ]),
      outputs: outputsOf({
        found: [
          decision(
            'Too old?',
            `If(IsNotSetOrEmpty(Task.Updated), true, DateTimeDiff(GetCurrentDateTimeUtc(), ToDateTime(Task.Updated)) >= MakeDuration(0, 0, ${maxAgeMinutes}, 0, 0))`,
            [setText('Too old', 'Task.Cache', 'update')],
            [setText('Fresh', 'Task.Cache', 'fresh')],
          ),
        ],
        notFound: [setText('Missing', 'Task.Cache', 'insert')],
        failure: [setText('No data table', 'Task.Cache', 'unknown')],
      }),
    },
  };
  const ask = callData(
    'Ask the service',
    { ...read, outputs: Object.fromEntries([[output, 'Task.Answer']]) },
    {
      success: [
        decision(
          'In the data table?',
          'Task.Cache == "update"',
          [write('Change the row', options.update)],
          [decision('Not in the data table?', 'Task.Cache == "insert"', [write('Add a row', options.insert)], [])],
        ),
      ],
      // What the data table had, if anything, is in Task.Answer.
      failure: [setText('The old answer stays', 'Task.Cache', 'failed')],
      timeout: [setText('The old answer stays for now', 'Task.Cache', 'failed')],
    },
  );
  return {
    inboundCall: {
      ...head(options, './tasks/task[lookUp]'),
      initialGreeting: SILENCE,
      ...handOnAfterErrors,
      tasks: [
        task(
          'Look up',
          'lookUp',
          [
            lookUp,
            decision('Ask the service?', 'Task.Cache != "fresh"', [ask], []),
            transferToQueue('To the queue', queue),
            disconnect,
          ],
          [
            variable('string', 'Task.Answer'),
            variable('string', 'Task.Updated'),
            variable('string', 'Task.Cache', 'unknown'),
          ],
        ),
        task('Hand on', 'handOn', [transferToQueue('To the queue after an error', queue), disconnect]),
      ],
    },
  };
}

/** Workflow that repeats a data action with a bound and a wait. */
export function boundedRetry(options: BoundedRetryOptions): Part {
  const {
    call,
    attempts = BOUNDED_RETRY_DEFAULTS.attempts,
    waitSeconds = BOUNDED_RETRY_DEFAULTS.waitSeconds,
  } = options;
  const pause = (name: string): Part => ({
    wait: { name, trimDurationNearMaxRunningTime: literal(true), duration: { lit: { seconds: waitSeconds } } },
  });
  const end = (name: string, reason: string): Part => ({ endWorkflow: { name, exitReason: literal(reason) } });
  const given = inputVariables(call.inputs);
  const results = [...new Set(Object.values(call.outputs ?? {}))].filter(
    (name) => name.startsWith('Flow.') && !given.includes(name) && !['Flow.Attempt', 'Flow.Outcome'].includes(name),
  );
  return {
    workflow: {
      ...head(options, '/workflow/states/state[start]'),
      variables: [
        variable('integer', 'Flow.Attempt'),
        variable('string', 'Flow.Outcome', 'failed'),
        ...given.map((name) => variable('string', name, undefined, true)),
        ...results.map((name) => variable('string', name)),
      ],
      settingsErrorHandling: { errorHandling: { endWorkflow: { none: true } } },
      states: [
        {
          state: {
            name: 'Start',
            refId: 'start',
            actions: [
              {
                loop: {
                  name: 'Attempts',
                  currentIndex: { var: 'Flow.Attempt' },
                  loopCount: literal(attempts),
                  outputs: outputsOf({
                    loop: [
                      callData('Try', call, {
                        success: [setText('Done', 'Flow.Outcome', 'done'), { loopExit: { name: 'Enough' } }],
                        failure: [pause('Wait after a failure')],
                        timeout: [pause('Wait after a timeout')],
                      }),
                    ],
                  }),
                },
              },
              decision('Done?', 'Flow.Outcome == "done"', [end('End', 'Done')], [end('Give up', 'Failed')]),
            ],
          },
        },
      ],
    },
  };
}

/** Inbound call flow that calls a data action once and hands the call on if that fails. Voice flows have no Wait to repeat it with. */
export function overflow(options: OverflowOptions): Part {
  const { call, queue, overflow: target, announcement } = options;
  const handOn = (name: string): readonly Part[] => [
    ...(announcement === undefined ? [] : [{ playAudio: { name: 'Announcement', audio: { tts: announcement } } }]),
    'queue' in target ? transferToQueue(name, target.queue) : transferToFlow(name, target.flow),
  ];
  return {
    inboundCall: {
      ...head(options, './tasks/task[start]'),
      initialGreeting: SILENCE,
      ...handOnAfterErrors,
      tasks: [
        task('Start', 'start', [
          callData('Ask once', call, {
            success: [transferToQueue('To the queue', queue)],
            failure: handOn('Hand on after a failure'),
            timeout: handOn('Hand on after a timeout'),
          }),
          disconnect,
        ]),
        task('Hand on', 'handOn', [...handOn('Hand on after an error'), disconnect]),
      ],
    },
  };
}
