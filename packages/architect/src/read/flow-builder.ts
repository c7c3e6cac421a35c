import type {
  ErrorHandling,
  Flow,
  FlowAction,
  FlowBranch,
  FlowSequence,
  FlowType,
  FlowValue,
  FlowVariable,
  Place,
} from '../flow/types.js';
import { FlowFileError, printable } from './flow-file-error.js';
import { isInteractiveType, isInQueue, kindOf, standardOutputs } from './kinds.js';
import { MAX_ACTIONS } from './limits.js';

/** Parts of an action as a reader finds them. The builder adds what follows from the type. */
export interface ActionParts {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly place: Place;
  readonly sequence: string;
  readonly branches: readonly FlowBranch[];
  readonly next: string | undefined;
  readonly wait?: FlowAction['wait'] | undefined;
  readonly loopCount?: FlowValue | undefined;
  readonly dataAction?: FlowAction['dataAction'] | undefined;
  readonly target?: string | undefined;
  readonly values: readonly FlowValue[];
  readonly writes: readonly string[];
  readonly isInteractive?: boolean;
}

/** A value that the file leaves out. */
const NO_VALUE: FlowValue = { kind: 'literal', text: '' };

/** Collects the parts of one flow, and refuses ids that are there twice. */
export class FlowBuilder {
  readonly #actions = new Map<string, FlowAction>();
  readonly #reserved = new Set<string>();
  readonly #sequences = new Map<string, FlowSequence>();
  readonly #variables = new Map<string, FlowVariable>();

  constructor(
    readonly format: Flow['format'],
    readonly typeText: string,
    readonly type: FlowType,
  ) {}

  /** Gives an action its place in the order of the flow, before those inside of it are added. */
  reserve(id: string): void {
    this.#reserved.add(id);
    this.#actions.set(id, undefined as unknown as FlowAction);
  }

  addAction(parts: ActionParts): void {
    if (this.#actions.has(parts.id) && !this.#reserved.delete(parts.id))
      throw new FlowFileError('DUPLICATE_ID', `the id ${quote(parts.id)} is there twice`, parts.place);
    if (this.#actions.size > MAX_ACTIONS || (this.#actions.size === MAX_ACTIONS && !this.#actions.has(parts.id)))
      throw new FlowFileError(
        'TOO_LARGE',
        `the flow has more than ${MAX_ACTIONS.toLocaleString('en')} actions`,
        parts.place,
      );
    const kind = kindOf(parts.type);
    const { wait, loopCount, dataAction, target } = parts;
    this.#actions.set(parts.id, {
      id: parts.id,
      kind,
      type: parts.type,
      name: printable(parts.name, 200),
      place: parts.place,
      sequence: parts.sequence,
      branches: withStandardOutputs(parts.branches, standardOutputs(kind)),
      next: parts.next,
      ...(kind === 'wait' && { wait: wait ?? { ms: undefined, text: '', isTrimmed: false } }),
      ...(kind === 'loop' && { loop: { count: loopCount ?? NO_VALUE } }),
      ...(kind === 'dataAction' && { dataAction: dataAction ?? { category: '', action: '', inputs: {} } }),
      ...(target !== undefined && { target }),
      values: parts.values,
      ...(parts.writes.length > 0 && { writes: parts.writes }),
      ...((parts.isInteractive === true || isInteractiveType(parts.type)) && { isInteractive: true }),
    });
  }

  addSequence(sequence: FlowSequence): void {
    if (this.#sequences.has(sequence.id))
      throw new FlowFileError('DUPLICATE_ID', `the id ${quote(sequence.id)} is there twice`, sequence.place);
    this.#sequences.set(sequence.id, sequence);
  }

  addVariable(variable: FlowVariable): void {
    // Two tasks may each declare `Task.Index`. Which one an action means is not followed, so the name has no value then.
    const known = this.#variables.get(variable.name);
    this.#variables.set(
      variable.name,
      known === undefined ? variable : { name: variable.name, initial: undefined, isInput: true },
    );
  }

  build(parts: { name: string; place: Place; errorHandling: ErrorHandling; errorTarget: string | undefined }): Flow {
    const sequences = [...this.#sequences.values()];
    // A flow without a start in the file still runs from somewhere: the first sequence is the best guess.
    const start = sequences.some((sequence) => sequence.isEntry) ? undefined : sequences[0];
    return {
      format: this.format,
      type: this.type,
      typeText: this.typeText,
      name: printable(parts.name, 200),
      place: parts.place,
      sequences: sequences.map((sequence) => {
        const isEntry = sequence.isEntry || sequence === start;
        // The platform starts the task of an in-queue flow again for as long as the interaction waits.
        return { ...sequence, isEntry, ...(isEntry && isInQueue(this.type) && { isRepeated: true }) };
      }),
      actions: this.#actions,
      errorHandling: parts.errorHandling,
      ...(parts.errorTarget !== undefined && { errorTarget: parts.errorTarget }),
      variables: this.#variables,
    };
  }
}

const quote = (text: string): string => JSON.stringify(printable(text));

function withStandardOutputs(branches: readonly FlowBranch[], standard: readonly string[]): readonly FlowBranch[] {
  const missing = standard.filter((name) => !branches.some((branch) => branch.name === name));
  return missing.length === 0 ? branches : [...branches, ...missing.map((name) => ({ name, start: undefined }))];
}
