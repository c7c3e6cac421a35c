/**
 * How the platform answers a read of one entity in bulk, such as `GET /api/v2/users/:userId` by `GET /api/v2/users?id=`.
 * @internal
 */
export interface BulkRead {
  /**
   * Path of the list, such as `/api/v2/users`. A parameter such as `:sourceId` has the value that it has in the single read. The one
   * parameter of the single read that the list lacks is the id.
   */
  list: string;
  /** Query parameter that takes the ids, joined by commas. */
  parameter: string;
  /** Most ids per request: the documented maximum, else 50. At most 25 where the list takes no page size beside ids. */
  max: number;
  /** Key of the array in the answer; '' if the answer is the array. */
  items: string;
  /** Field of an item with its id. */
  key: string;
  /** Fixed further query of the list. */
  query?: Record<string, string>;
  /** Name of the page-size parameter, to be set to the number of ids. */
  pageSize?: string;
  /** Query parameters of the single read that the list takes too. A read with another query cannot be answered in bulk. */
  passes: string[];
  /**
   * Query parameters that name fields. The list delivers these fields with best effort. If an item lacks one, the single read must be
   * sent.
   */
  expands?: string[];
  /** Values in the place of the id that make the path one of another operation, such as `me`. Such a call is no single read. */
  except?: string[];
  /** Fields of the single read's answer that an item lacks. Only where the SDK has another model for items. */
  lacks?: string[];
}
