import type { LetterKey } from '../contract/dead-letters.js';
import type { Info } from './info.js';

/** The dead letter that a call replays. */
export class Replaying {
  /** The info of the call. It identifies the call among other calls with the same context. */
  info: Info | undefined = undefined;
  isDone = false;
  /** Reason of the failure. */
  reason: string | undefined = undefined;

  constructor(
    readonly id: string,
    readonly key: LetterKey | undefined,
    /** Whether a key that is too old may rotate. It must not if the platform may have executed a request with it. */
    readonly mayRotate: boolean,
    /** Whether the replay has checked that sending the letter is safe, although it may have been executed. */
    readonly isSettled: boolean,
  ) {}
}
