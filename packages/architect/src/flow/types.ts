/**
 * Where something stands in a file.
 * @public
 */
export interface Place {
  /** The file, as it was named to the reader. */
  readonly file: string;
  /** Line from 1. Exports are one line of base64, so they have none. */
  readonly line?: number;
  /** Column from 1. */
  readonly column?: number;
  /** Names from the flow to the action: `Task "Look up" › Loop "Retry" › Call Data Action "Get customer"`. */
  readonly path: string;
}

/**
 * Types of flows. `unknown` is a type that this version does not know; rules that need the type leave it out.
 * @public
 */
export type FlowType =
  | 'bot'
  | 'commonModule'
  | 'digitalBot'
  | 'inboundCall'
  | 'inboundChat'
  | 'inboundEmail'
  | 'inboundShortMessage'
  | 'inQueueCall'
  | 'inQueueEmail'
  | 'inQueueShortMessage'
  | 'outboundCall'
  | 'secureCall'
  | 'surveyInvite'
  | 'voicemail'
  | 'voiceSurvey'
  | 'workflow'
  | 'workItem'
  | 'unknown';

/**
 * A value of an action: a literal, an expression, or a variable.
 * @public
 */
export interface FlowValue {
  readonly kind: 'literal' | 'expression' | 'variable';
  /** The text of the file. */
  readonly text: string;
  /** The value, if it does not depend on the run. A duration is in milliseconds. */
  readonly value?: string | number | boolean;
}

/**
 * An output of an action, such as `success`, `failure`, `timeout`, `loop`, `yes`. The readers add the standard outputs that a file leaves
 * out: `success`, `failure` and `timeout` of a data action, `found`, `notFound` and `failure` of a data table lookup, `yes` and `no` of a
 * decision, `loop` of a loop.
 * @public
 */
export interface FlowBranch {
  readonly name: string;
  /** First action; undefined for an empty output. */
  readonly start: string | undefined;
}

/**
 * What the rules tell apart. Everything else is `other`. `jumpToTask` is every jump that does not return: to a task, a menu or a state.
 * `endTask` returns to the action that called the task.
 * @public
 */
export type ActionKind =
  | 'wait'
  | 'loop'
  | 'exitLoop'
  | 'nextLoop'
  | 'dataAction'
  | 'dataTableLookup'
  | 'decision'
  | 'updateData'
  | 'callTask'
  | 'jumpToTask'
  | 'callModule'
  | 'transfer'
  | 'disconnect'
  | 'endFlow'
  | 'endTask'
  | 'other';

/**
 * An action of a flow, whichever file format it comes from. A menu is a sequence with one action of type `menu`; its branches are the
 * choices.
 * @public
 */
export interface FlowAction {
  /** Unique in the flow. */
  readonly id: string;
  readonly kind: ActionKind;
  /** The type in the file: `callData`, `DataAction`. */
  readonly type: string;
  readonly name: string;
  readonly place: Place;
  /** The sequence (task, state, start) that holds the action. */
  readonly sequence: string;
  readonly branches: readonly FlowBranch[];
  /** The action that follows when the branches that do not leave have ended; undefined at the end of a list of actions. */
  readonly next: string | undefined;
  /** Of a wait: its duration in ms if it is known from the file, and whether it is trimmed near the maximum running time. */
  readonly wait?: { readonly ms: number | undefined; readonly text: string; readonly isTrimmed: boolean };
  /** Of a loop: the number of turns. */
  readonly loop?: { readonly count: FlowValue };
  /** Of a data action: which one, and with what. */
  readonly dataAction?: {
    readonly category: string;
    readonly action: string;
    readonly inputs: Readonly<Record<string, FlowValue>>;
  };
  /** Of a call of, or a jump to, another sequence: its name or id in {@link Flow.sequences}. */
  readonly target?: string;
  /** All values of the action that expressions and variables appear in, for rules that follow data. */
  readonly values: readonly FlowValue[];
  /** Names of the variables that the action sets, such as `Flow.Attempt`. */
  readonly writes?: readonly string[];
  /** Whether the action waits for the customer: a menu, an input, a question. A cycle through such an action does not spin. */
  readonly isInteractive?: boolean;
}

/**
 * A variable of a flow, a task or a state.
 * @public
 */
export interface FlowVariable {
  /** With its scope: `Flow.MaxAttempts`, `Task.Index`. */
  readonly name: string;
  /** Its value at the start; undefined if it has none. */
  readonly initial: FlowValue | undefined;
  /** Whether a caller of the flow or task may set it. */
  readonly isInput: boolean;
}

/**
 * A task, a state, a menu, or the start of a flow.
 * @public
 */
export interface FlowSequence {
  readonly id: string;
  readonly name: string;
  readonly place: Place;
  /** First action; undefined for an empty one. */
  readonly start: string | undefined;
  /** Whether the platform starts it: by an interaction, a trigger or an event. Others are called or jumped to. */
  readonly isEntry: boolean;
  /** Whether the platform runs it again and again while the interaction waits: the task of an in-queue flow. */
  readonly isRepeated?: boolean;
}

/**
 * What the flow does on an error that no action handles. `end` is the end of a flow that has no interaction of its own: a workflow, a work
 * item flow, a bot.
 * @public
 */
export type ErrorHandling = 'disconnect' | 'end' | 'task' | 'transfer' | 'queue' | 'other' | 'unknown';

/**
 * A flow, read from Archy YAML, an export or the answer of the API.
 * @public
 */
export interface Flow {
  readonly format: 'archy' | 'export';
  readonly type: FlowType;
  /** The type in the file, also if `type` is `unknown`. */
  readonly typeText: string;
  readonly name: string;
  readonly place: Place;
  readonly sequences: readonly FlowSequence[];
  readonly actions: ReadonlyMap<string, FlowAction>;
  readonly errorHandling: ErrorHandling;
  /** Of error handling that goes to a task or menu: its name or id in {@link Flow.sequences}. */
  readonly errorTarget?: string;
  /** Variables by name, with those of tasks and states. A name that two tasks declare is there once, without a value. */
  readonly variables?: ReadonlyMap<string, FlowVariable>;
}
