import { HoldlineError } from '@holdline/core';

/**
 * A list cannot be read further: the platform delivers no page beyond its limit, or its cursors repeat. The message names the limit, and
 * the method that reads the whole list, if the SDK has one.
 *
 * Was anything sent: no, not for this page.
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
