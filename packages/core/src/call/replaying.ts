import type { LetterKey } from '../contract/dead-letters.js';
import type { Info } from './info.js';

/** What a call on its way knows of the letter it is made of. */
export class Replaying {
  /** The info of the call, once it is made. Calls made inside of it share its context, but are other calls. */
  info: Info | undefined = undefined;
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
