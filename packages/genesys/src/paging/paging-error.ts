import { HoldlineError } from '@holdline/core';

/**
 * A list cannot be read further: the platform delivers no page beyond its limit, its cursors repeat, or an answer has no list. The message
 * names the limit, and the method that reads the whole list, if the SDK has one.
 *
 * Was anything sent: nothing beyond the limit. The page with the repeated cursor or without a list was read.
 *
 * What to do: read the list with the named method, or with filters that make it shorter.
 * @public
 */
export class PagingError extends HoldlineError {
  declare readonly name: 'PagingError';
  /** Method of the SDK that reads the whole list; undefined if it has none. */
  readonly instead: string | undefined;

  constructor(message: string, instead?: string) {
    super('HOLDLINE_PAGING', message);
    this.instead = instead;
  }
}
