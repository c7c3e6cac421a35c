import { Problem } from '../contract/failure.js';
import type { Connection, ContractRequest } from '../contract/types.js';

/** The end of a call. */
export interface Ending {
  readonly isSettled: boolean;
  readonly isRejected: boolean;
  readonly result: unknown;
  readonly error: unknown;
}

/** A call that a case made. */
export interface Running extends Ending {
  readonly request: ContractRequest;
  /** Settles when the call has ended; never rejects. */
  readonly ended: Promise<void>;
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
    const ending = { isSettled: false, isRejected: false, result: undefined, error: undefined };
    const ended = follow(ending, () => this.connection.call(this.client, request));
    return Object.assign(ending, { request, ended });
  }

  /** Starts a call that the client itself refuses. */
  refuse(): Ending {
    const { refuse } = this.connection;
    if (!refuse)
      throw new Problem(
        'The connection has no function refuse. Add it, or name localFailure in lacks with the reason.',
      );
    const ending = { isSettled: false, isRejected: false, result: undefined, error: undefined };
    void follow(ending, () => refuse(this.client));
    return ending;
  }
}

/** Notes the end of a call. A client may throw instead of rejecting. */
async function follow(ending: object, call: () => Promise<unknown>): Promise<void> {
  try {
    const result = await call();
    Object.assign(ending, { isSettled: true, result });
  } catch (error) {
    Object.assign(ending, { isSettled: true, isRejected: true, error });
  }
}
