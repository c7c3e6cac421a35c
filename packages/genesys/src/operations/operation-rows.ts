/** How the platform pages a list: the query parameter of the next page. */
export type PagingStyle = 'pageNumber' | 'after' | 'cursor' | 'nextPage';

/** How one operation pages its list. */
export interface PagedRow {
  style: PagingStyle;
  /** Key of the array in the answer. */
  items: string;
  /** Parameter of the page size, if the operation has one. */
  size?: string;
  /** Documented maximum of the page size. */
  max?: number;
  /** Page size to try where the SDK documents no maximum, but a smaller default. The platform may refuse it with a 400. */
  assume?: number;
  /** Last page that the platform delivers. */
  maxPage?: number;
  /** Number of items after which the platform delivers no further page. */
  maxItems?: number;
  /** Method that reads the whole list, if this one has a limit. */
  instead?: string;
  /** The page is selected in the request body: the key of the object in the body that selects it, or '' for the body itself. */
  body?: string;
}

/** The methods of one kind of job. */
export interface JobRow {
  /** Key of the job's id in the answer of the start. */
  id: string;
  /** Method that reads the state. */
  status: string;
  /** Method that reads the results. */
  results: string;
  /** Key of the array in the results. */
  items: string;
  /** Whether a cursor pages the results. Without it they are one page. */
  cursor?: boolean;
  /** Method that cancels the job. */
  cancel?: string;
}

/** A write that takes many items. */
export interface BulkWriteRow {
  /** Position of the request body among the parameters of the method. */
  position: number;
  /** Most items per request: the documented maximum, else 50. */
  max: number;
  /** Key of the array in the request body. Without it the body is the array. */
  wrap?: string;
  /** Key of an array in the answer with one result per item, in their order, which may be an error. */
  results?: string;
  /** Key of an array in the answer with the items that failed, by id. */
  failures?: string;
  /** Key of an array in the answer with the written entities, or '' if the answer is the array. */
  entities?: string;
}
