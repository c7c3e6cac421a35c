import type { LetterKey } from '../contract/dead-letters.js';
import type { Call } from './call.js';

/** What a call on its way knows of the letter it is made of. */
export class Replaying {
  /** The call, once it is made. What is called inside of it has the same context, and is none of it. */
  call: Call | undefined = undefined;
  isDone = false;
  /** Why it failed. */
  reason: string | undefined = undefined;

  constructor(
    readonly id: string,
    readonly key: LetterKey | undefined,
    /** Whether its key may be replaced where it is too old: not if it may stand for something that was executed. */
    readonly mayRotate: boolean,
  ) {}
}
