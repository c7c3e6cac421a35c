import { strongComponents } from '../flow/strong-components.js';
import type { StudioAction, StudioScript } from './studio-script.js';

/**
 * Shortest wait of a turn of a loop, in ms: 100.
 *
 * Source: NICE on the action Wait: "The pause can be very short, as little as 0.1 seconds", "helps keep the servers from being overloaded with
 * concurrent requests" (https://help.nice-incontact.com/content/studio/actionscx/wait/wait.htm, read on 30 November 2026). It is advice of NICE
 * for CXone Studio, not a limit, and says nothing about other platforms.
 * @public
 */
export const STUDIO_TURN_MS = 100;

/**
 * A loop of a CXone Studio script whose turn waits less than {@link STUDIO_TURN_MS}.
 * @public
 */
export interface ShortTurn {
  /** Ids of the actions of the loop, in the order of a turn. */
  readonly actions: readonly string[];
  /** Sum of the waits of a turn, in ms. */
  readonly waitMs: number;
  /** Whether a LOOP in the turn has a number of repeats. The script then leaves the loop by itself. */
  readonly isCounted: boolean;
}

/**
 * Actions that take time by what they do: they play, wait for the contact or an agent, or end the script. A loop through one of them is not
 * short. The list is ours; an action that is not on it counts as immediate.
 */
const TAKES_TIME =
  /^(?:MENU|MUSIC|PLAY(?!LOG)|PLAYLIST|ASKCALLER|CAPTURE|RECORD|REQAGENT|CALLBACK|PLACECALL|HANGUP|END|ONANSWER)/;

/**
 * Finds loops of connectors whose turn waits less than 100 ms in all. A WAIT whose seconds come from a variable counts as long enough, since its
 * time is known only when the script runs.
 *
 * @param script - A script of {@link readStudioScript}.
 * @returns One loop per group of actions that lead to each other.
 *
 * @example
 * ```ts
 * import { readStudioScript, shortTurns } from '@holdline/architect';
 *
 * const script = readStudioScript(
 *   JSON.stringify({
 *     header: { scriptName: 'Poll' },
 *     actions: { 1: { name: 'SNIPPET' }, 2: { name: 'WAIT' } },
 *     properties: { 2: { 0: { name: 'Seconds', value: '0.05' } } },
 *     branches: { 1: [{ to: 2 }], 2: [{ to: 1 }] },
 *   }),
 *   { file: 'poll.json' },
 * );
 * console.log(shortTurns(script)[0]?.waitMs); // 50
 * ```
 * @public
 */
export function shortTurns(script: StudioScript): readonly ShortTurn[] {
  const quick = new Map<string, number>();
  for (const action of script.actions.values()) {
    const ms = waitOf(action);
    if (ms < STUDIO_TURN_MS) quick.set(action.id, ms);
  }
  const next = (id: string): readonly string[] =>
    (script.actions.get(id)?.branches ?? []).map(({ to }) => to).filter((to) => quick.has(to));
  const turns: ShortTurn[] = [];
  for (const members of strongComponents(quick.keys(), next)) {
    const inside = new Set(members);
    const turn = shortestTurn(members, (id) => next(id).filter((to) => inside.has(to)), quick);
    if (turn === undefined) continue;
    const waitMs = turn.reduce((sum, id) => sum + (quick.get(id) ?? 0), 0);
    if (waitMs < STUDIO_TURN_MS)
      turns.push({ actions: turn, waitMs, isCounted: turn.some((id) => isCounted(script, id)) });
  }
  return turns;
}

/** Milliseconds that an action takes at least. `Infinity` for one whose time is not known from the script. */
function waitOf({ type, properties }: StudioAction): number {
  if (type !== 'WAIT') return TAKES_TIME.test(type) ? Infinity : 0;
  const seconds = properties['Seconds'] ?? '';
  if (!/^\s*(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})\s*$/.test(seconds)) return Infinity;
  // Whole milliseconds keep the number of sums small.
  return Math.round(Number(seconds) * 1000);
}

function isCounted(script: StudioScript, id: string): boolean {
  const action = script.actions.get(id);
  return action?.type === 'LOOP' && /^\s*\d+\s*$/.test(action.properties['Repeat'] ?? '');
}

/**
 * The turn with the least wait of actions that lead to each other. Actions without a wait come first: if they have a turn of their own, that
 * is it. Else each turn has a wait, so it is enough to search from those.
 */
function shortestTurn(
  members: readonly string[],
  next: (id: string) => readonly string[],
  waits: ReadonlyMap<string, number>,
): readonly string[] | undefined {
  const isFree = (id: string): boolean => waits.get(id) === 0;
  const free = strongComponents(members.filter(isFree), (id) => next(id).filter(isFree));
  for (const group of free) {
    const inside = new Set(group);
    const turn = shortestFrom(
      group[0] as string,
      (id) => next(id).filter((to) => inside.has(to)),
      () => 0,
    );
    if (turn !== undefined) return turn;
  }
  let best: readonly string[] | undefined;
  let least = Infinity;
  // A turn below the limit has few waits, and a search stops at the limit. The number of searches bounds the time.
  for (const id of members.filter((member) => !isFree(member)).slice(0, 500)) {
    const turn = shortestFrom(id, next, (to) => waits.get(to) ?? 0);
    const sum = turn?.reduce((total, member) => total + (waits.get(member) ?? 0), 0) ?? Infinity;
    if (sum < least) [best, least] = [turn, sum];
  }
  return best;
}

/** Shortest way from an action back to itself by the sum of waits; undefined if there is none below the limit. */
function shortestFrom(
  start: string,
  next: (id: string) => readonly string[],
  cost: (id: string) => number,
): readonly string[] | undefined {
  // Waiting actions by their sum. Sums are whole numbers below 100, so there are few of them.
  const known = new Map<string, { readonly sum: number; readonly previous: string }>();
  const waiting = new Map<number, string[]>([[cost(start), [start]]]);
  while (waiting.size > 0) {
    const sum = Math.min(...waiting.keys());
    if (sum >= STUDIO_TURN_MS) return undefined;
    const ids = waiting.get(sum) ?? [];
    waiting.delete(sum);
    for (const id of ids) {
      if ((known.get(id)?.sum ?? sum) < sum) continue;
      for (const to of next(id)) {
        if (to === start) return wayTo(id, start, known);
        const total = sum + cost(to);
        if ((known.get(to)?.sum ?? Infinity) <= total) continue;
        known.set(to, { sum: total, previous: id });
        if (total === sum) ids.push(to);
        else waiting.set(total, [...(waiting.get(total) ?? []), to]);
      }
    }
  }
  return undefined;
}

function wayTo(
  end: string,
  start: string,
  known: ReadonlyMap<string, { readonly previous: string }>,
): readonly string[] {
  const way: string[] = [];
  for (let id: string | undefined = end; id !== undefined && id !== start; id = known.get(id)?.previous) way.push(id);
  return [start, ...way.reverse()];
}
