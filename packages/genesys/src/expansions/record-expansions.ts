import { callInfo, check, ConfigError, noteInfo, patchMethod } from '@holdline/core';
import type { ApiClientLike } from '../sdk/api-client.js';
import { ReadRecorder } from './read-recorder.js';

/**
 * How one expansion of a route was used.
 * @public
 */
export interface ExpansionUse {
  /** Route with the SDK's parameters, such as `GET /api/v2/users/{userId}`. */
  readonly route: string;
  /** Value of `expand`, such as `presence`. */
  readonly expand: string;
  /** Number of answered calls that asked for the expansion. */
  readonly asked: number;
  /** Number of those calls of whose answer the program read the field. */
  readonly read: number;
}

/**
 * A recording of {@link recordExpansions}.
 * @public
 */
export interface ExpansionRecording {
  /** The expansions that were asked for so far, those first that were asked for in vain most often. */
  report(): ExpansionUse[];
  /** Ends the recording. Answers that the program still holds stay usable, and the report stays. */
  stop(): void;
}

/** Most pairs of route and expansion that are counted. Paths that a program writes itself may be without number. */
const MAX_COUNTED = 10_000;

/**
 * Records which expansions a program asks for and which of them it reads. For a run in tests or staging: it shows which names can be
 * left out of `expand`, because each of them costs the platform and the network time.
 *
 * Every answer of a call with `expand` becomes a proxy. It behaves as the answer does, with these exceptions: `structuredClone` and
 * `postMessage` refuse it, and `===` holds among proxies only. Code that copies whole answers, such as `JSON.stringify` or a spread, reads
 * every field, and so the report shows it. A field that is read of a copy is not seen.
 *
 * Guard the client before, if at all.
 *
 * @param client - `ApiClient.instance`, or another `ApiClient`.
 * @throws ConfigError if `client` is no ApiClient.
 * @example
 * ```ts
 * import platformClient from 'purecloud-platform-client-v2';
 * import { recordExpansions } from '@holdline/genesys';
 *
 * const recording = recordExpansions(platformClient.ApiClient.instance);
 * const user = await new platformClient.UsersApi().getUser('4711', { expand: ['presence', 'team'] });
 * console.log(user.presence?.presenceDefinition);
 * recording.stop();
 * for (const { route, expand, asked, read } of recording.report()) console.log(route, expand, `read ${read} of ${asked} times`);
 * ```
 * @public
 */
export function recordExpansions(client: object): ExpansionRecording {
  const api = client as Partial<ApiClientLike> | undefined;
  if (typeof api?.callApi !== 'function') {
    throw new ConfigError('the argument of recordExpansions must be an ApiClient of purecloud-platform-client-v2');
  }
  const uses = new Map<string, { route: string; expand: string; asked: number; read: number }>();

  const useOf = (route: string, expand: string): { asked: number; read: number } | undefined => {
    const key = `${route} ${expand}`;
    const known = uses.get(key);
    if (known || uses.size >= MAX_COUNTED) return known;
    const use = { route, expand, asked: 0, read: 0 };
    uses.set(key, use);
    return use;
  };

  const watch = (route: string, expansions: readonly string[], answer: unknown): unknown => {
    const unread = new Map<string, Set<string>>();
    for (const expand of expansions) {
      const use = useOf(route, expand);
      if (use) use.asked++;
      const field = fieldOf(expand);
      unread.set(field, (unread.get(field) ?? new Set()).add(expand));
    }
    const recorder = new ReadRecorder((field) => {
      const name = field.toLowerCase();
      for (const expand of unread.get(name) ?? []) {
        const use = useOf(route, expand);
        if (use) use.read++;
      }
      // One call counts once, however often its answer is read.
      unread.delete(name);
    });
    return watchBody(recorder, answer);
  };

  const undo = patchMethod(
    client as ApiClientLike,
    'callApi',
    (original) =>
      async function (this: ApiClientLike, ...args: unknown[]) {
        const [path, method, , query] = args as [string, string, unknown, unknown];
        const answer = await (original as (...args: unknown[]) => Promise<unknown>).apply(this, args);
        const expansions = expansionsOf(query);
        return expansions.length === 0 ? answer : watch(`${method} ${path}`, expansions, answer);
      } as ApiClientLike['callApi'],
  );
  return {
    report: () => [...uses.values()].map((use) => ({ ...use })).sort((a, b) => b.asked - b.read - (a.asked - a.read)),
    stop: undo,
  };
}

/** The names in the query parameter `expand`. The SDK gives a list, and callers of `callApi` may give a text. */
function expansionsOf(query: unknown): string[] {
  const given = check.isRecord(query) ? query['expand'] : undefined;
  const list = Array.isArray(given) ? given : [given];
  return list.flatMap((one) => (typeof one === 'string' ? one.split(',') : [])).filter((one) => one !== '');
}

/** The field that an expansion fills: `authorization.unusedRoles` fills a part of `authorization`. Spellings differ in case only. */
const fieldOf = (expand: string): string => expand.split('.')[0]!.toLowerCase();

function watchBody(recorder: ReadRecorder, answer: unknown): unknown {
  // `setReturnExtendedResponses(true)` wraps the body.
  const isExtended = check.isRecord(answer) && 'statusText' in answer && 'body' in answer;
  const watched = isExtended ? { ...answer, body: recorder.watch(answer['body']) } : recorder.watch(answer);
  const info = callInfo(answer);
  // The program may ask for the info of the proxy.
  if (info && typeof watched === 'object' && watched !== null) noteInfo(watched, info);
  return watched;
}
