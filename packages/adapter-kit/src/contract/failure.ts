/** The page of the guide that every case refers to. */
export const GUIDE = 'docs/extend/write-an-adapter.md';

/**
 * A case of the contract that an adapter does not fulfil. The message says what is wrong, why it matters, and where the guide treats it.
 * @public
 */
export class ContractError extends Error {
  override readonly name = 'ContractError';

  constructor(
    /** What is wrong, as one sentence or more. */
    readonly problem: string,
    /** Why it matters. */
    readonly why: string,
    /** Page and heading of the guide. */
    readonly guide: string,
    options?: { cause?: unknown },
  ) {
    super(`${problem}\nWhy it matters: ${why}\nGuide: ${guide}`, options);
  }
}

/** What a case throws. The contract adds the reason and the heading of the guide. */
export class Problem extends Error {}
