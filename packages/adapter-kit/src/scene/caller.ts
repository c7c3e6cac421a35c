import type { Connection, ContractRequest } from '../contract/types.js';

/** A call that a case made. */
export interface Running {
  readonly request: ContractRequest;
  /** Settles when the call has ended; never rejects. */
  readonly ended: Promise<void>;
  readonly isSettled: boolean;
  readonly isRejected: boolean;
  readonly result: unknown;
  readonly error: unknown;
}

let ids = 0;

/** Makes an id that occurs nowhere else. It has six digits, so that the line takes all items for one route. */
export function makeId(): string {
  return `item${String(++ids).padStart(6, '0')}z${Math.random().toString(36).slice(2, 8)}`;
}

/** Makes calls with one client. */
export class Caller {
  constructor(
    readonly connection: Connection<object>,
    /** The guarded client, or the native client. */
    readonly client: object,
    readonly baseUrl: string,
  ) {}

  /** Starts a call. By default it is a GET for a new id. */
  start(given: Partial<ContractRequest> = {}): Running {
    const { method = 'GET', id = makeId() } = given;
    const request: ContractRequest = {
      method,
      id,
      baseUrl: this.baseUrl,
      path: `/items/${id}`,
      headers: undefined,
      body: method === 'POST' ? JSON.stringify({ id }) : undefined,
      signal: undefined,
      ...given,
    };
    const running = { request, isSettled: false, isRejected: false, result: undefined, error: undefined } as {
      -readonly [K in keyof Running]: Running[K];
    };
    running.ended = invoke(() => this.connection.call(this.client, request)).then(
      (result) => void Object.assign(running, { isSettled: true, result }),
      (error: unknown) => void Object.assign(running, { isSettled: true, isRejected: true, error }),
    );
    return running;
  }
}

/** A client may throw instead of rejecting. */
async function invoke(call: () => Promise<unknown>): Promise<unknown> {
  return call();
}
