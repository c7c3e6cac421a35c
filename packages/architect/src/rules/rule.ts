import type { Flow, FlowAction, Place } from '../flow/types.js';
import type { LintSettings } from '../lint/options.js';
import { FlowSteps } from './flow-steps.js';
import { FlowView, isSingle } from './flow-view.js';
import type { Level } from './level.js';

/**
 * Where a fact of a rule comes from. Grade `A` is a page or a file of the vendor, `B` the vendor's staff or several code bases, `C` weaker,
 * `K` general knowledge.
 * @public
 */
export interface RuleSource {
  readonly text: string;
  readonly url: string;
  readonly grade: 'A' | 'B' | 'C' | 'K';
}

/**
 * What a rule is about.
 * @public
 */
export interface RuleInfo {
  /** Name in the configuration, in comments and in reports, such as `unbounded-retry`. */
  readonly id: string;
  /** What the rule reports, in a few words. */
  readonly title: string;
  /** Level of its findings if the configuration says nothing. */
  readonly level: Level;
  /** Why it matters. */
  readonly reason: string;
  /** The first source is the main one. */
  readonly sources: readonly [RuleSource, ...RuleSource[]];
  /** A story that the rule would have prevented. */
  readonly wouldHaveCaught: string;
}

/** What a rule found. */
export interface Problem {
  readonly place: Place;
  /** One sentence: what is wrong here. */
  readonly message: string;
  /** What to do. */
  readonly fix: string;
  /** Lowers the level of this finding, whatever the configuration says of the rule. */
  readonly atMost?: Level;
}

/** What a rule gets besides the document. */
export interface RuleContext {
  readonly settings: LintSettings;
  /** Reports a problem. */
  report(problem: Problem): void;
  /** Notes what the rule did not check, and why. */
  leaveOut(note: string): void;
}

/**
 * A rule about one kind of document. A flow comes with its {@link FlowAnalysis}; a rule about another kind, such as a script, is a
 * `Rule<Script>` with the same shape.
 */
export interface Rule<Document> extends RuleInfo {
  check(document: Document, context: RuleContext): void;
}

/** A flow, and what several rules want to know about it. */
export class FlowAnalysis {
  readonly steps: FlowSteps;
  #view: FlowView | undefined;

  constructor(readonly flow: Flow) {
    this.steps = new FlowSteps(flow);
  }

  /** All paths of the flow. */
  get view(): FlowView {
    return (this.#view ??= new FlowView(this.steps, { unrolls: (loop) => isSingle(this.steps, loop) }));
  }

  /** The actions in the order of the file. */
  *actions(kind?: FlowAction['kind']): Generator<FlowAction> {
    for (const action of this.flow.actions.values()) {
      if (kind === undefined || action.kind === kind) yield action;
    }
  }
}

/** A rule about flows. */
export type FlowRule = Rule<FlowAnalysis>;
