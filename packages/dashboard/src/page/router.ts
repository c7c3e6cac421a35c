import type { CallFilter } from '@holdline/monitor';

/** A view of the page. */
export type ViewName = 'overview' | 'calls' | 'call' | 'scopes' | 'alerts';

/** The address of a view: `#/calls?route=…&line=2`. */
export interface Route {
  view: ViewName;
  /** The number of a call. */
  callId: string;
  query: URLSearchParams;
}

const VIEWS: readonly string[] = ['calls', 'scopes', 'alerts'];

export function readRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const query = new URLSearchParams(search);
  const callId = /^call\/(\d+)$/.exec(path)?.[1] ?? '';
  if (callId !== '') return { view: 'call', callId, query };
  return { view: VIEWS.includes(path) ? (path as ViewName) : 'overview', callId, query };
}

/** The line whose links are made; undefined: the page has only one. */
let currentLine: number | undefined;

export function setCurrentLine(id: number | undefined): void {
  currentLine = id;
}

/** Makes the address of a view. Parameters that are undefined are left out. */
export function linkTo(path: string, params: Record<string, string | number | boolean | undefined> = {}): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...params, line: currentLine }))
    if (value !== undefined) query.set(key, String(value));
  const search = query.toString();
  return `#/${path}${search === '' ? '' : `?${search}`}`;
}

/** Makes the address of the calls behind a number. */
export const linkToCalls = (filter: CallFilter): string => linkTo('calls', { ...filter });

export const linkToCall = (callId: number): string => linkTo(`call/${callId}`);
