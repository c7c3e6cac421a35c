import { describeTrace } from '@holdline/monitor';
import type { Clock } from '@holdline/core';
import type { Board, Place } from '../board.js';
import { RANGES } from '../history/buckets.js';
import type { History } from '../history/history.js';
import { summaryOf } from '../state/calls.js';
import { readCallFilter, readLine, readNoMore, readRange, readScopeQuery } from '../state/query.js';
import { scopePage } from '../state/scopes.js';
import type { CallAnswer, CallsAnswer, DashboardState, HistoryAnswer, ScopePage } from '../state/types.js';

/** The answers below `/api/`, except the stream. */
export class Api {
  constructor(
    private readonly board: Board,
    private readonly history: History,
    private readonly clock: Clock,
  ) {}

  state(): DashboardState {
    return this.board.state(this.history.notices);
  }

  /**
   * Answers one request. Undefined: there is no such address, line or call.
   * @throws QueryError for a wrong parameter.
   */
  answer(path: string, query: URLSearchParams): object | undefined {
    if (path === '/api/state') {
      readNoMore(query);
      return this.state();
    }
    const place = this.board.place(readLine(query));
    if (!place) return undefined;
    if (path === '/api/calls') return this.#calls(place, query);
    if (path === '/api/scopes') return this.#scopes(place, query);
    if (path === '/api/history') return this.#history(place, query);
    const callId = /^\/api\/calls\/(\d{1,16})$/.exec(path)?.[1];
    return callId === undefined ? undefined : this.#call(place, Number(callId), query);
  }

  #calls({ monitor }: Place, query: URLSearchParams): CallsAnswer {
    return { at: this.clock.wall(), calls: monitor.calls(readCallFilter(query)).map(summaryOf) };
  }

  #call({ monitor }: Place, callId: number, query: URLSearchParams): CallAnswer | undefined {
    readNoMore(query);
    const call = monitor.call(callId);
    return call && { at: this.clock.wall(), call, sentences: describeTrace(call) };
  }

  #scopes({ monitor }: Place, query: URLSearchParams): ScopePage {
    return scopePage(monitor.snapshot().scopes, readScopeQuery(query));
  }

  #history(place: Place, query: URLSearchParams): HistoryAnswer {
    const range = readRange(query);
    const { bucketMs } = RANGES[range];
    return { at: this.clock.wall(), range, bucketMs, buckets: this.history.buckets(place, range) };
  }
}
