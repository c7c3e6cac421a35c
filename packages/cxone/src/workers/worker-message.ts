/** A message from a worker about one of its calls. `url` begins a call, `status` or `failed` ends an attempt. */
export interface WorkerMessage {
  /** Number of the call in its worker. */
  id: number;
  method?: string;
  url?: string;
  /** Headers of the request, or of the response where `status` is given. */
  headers?: [string, string][];
  /** Number of the attempt that ended. */
  attempt?: number;
  status?: number;
  /** Text of the network error. */
  failed?: string;
  /** The caller has aborted the call. */
  gone?: boolean;
  /** The worker closes itself, so all its calls end. */
  closed?: boolean;
}
