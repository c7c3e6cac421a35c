/** Where something stands in a file. */
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

/** Types of flows. `unknown` is a type that this version does not know; rules that need the type leave it out. */
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

/** A value of an action: a literal, an expression, or a variable. */
export interface FlowValue {
  readonly kind: 'literal' | 'expression' | 'variable';
  /** The text of the file. */
  readonly text: string;
  /** The value, if it does not depend on the run. */
  readonly value?: string | number | boolean;
}

/** An output of an action, such as `success`, `failure`, `timeout`, `loop`, `yes`. */
export interface FlowBranch {
  readonly name: string;
  /** First action; undefined for an empty output. */
  readonly start: string | undefined;
}

/** What the rules tell apart. Everything else is `other`. */
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
  | 'other';

/** An action of a flow, whichever file format it comes from. */
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
}

/** A task, a state, or the start of a flow. */
export interface FlowSequence {
  readonly id: string;
  readonly name: string;
  readonly place: Place;
  /** First action; undefined for an empty one. */
  readonly start: string | undefined;
  /** Whether the platform starts it: by an interaction, a trigger or an event. Others are called or jumped to. */
  readonly isEntry: boolean;
}

/** What the flow does on an error that no action handles. */
export type ErrorHandling = 'disconnect' | 'task' | 'transfer' | 'queue' | 'other' | 'unknown';

/** A flow, read from Archy YAML, an export or the answer of the API. */
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
}
