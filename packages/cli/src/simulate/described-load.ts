import type { Random } from '@holdline/core';
import type { Change } from './change.js';
import { formatCount, formatWindow } from './duration.js';
import type { Load, LoadSource, LoadTarget, Schedule } from './load.js';
import { callsOf, type CallSettings, type GroupSettings } from './scenario.js';

/** Times at which the agents of a group arrive, ms after the start of the load. */
export function arrivals({ count, withinMs, startMs, arrival }: GroupSettings, random: Random): number[] {
  const times: number[] = [];
  let last = 0;
  for (let i = 0; i < count; i++) {
    if (arrival === 'even') times.push((i * withinMs) / count);
    else if (arrival === 'uniform') times.push(random.next() * withinMs);
    else if (arrival === 'poisson') times.push((last += (-Math.log(1 - random.next()) * withinMs) / count));
    else times.push(0);
  }
  return times.sort((a, b) => a - b).map((ms) => startMs + ms);
}

/** The load that groups of agents make. */
export function describedLoad(groups: readonly GroupSettings[]): LoadSource {
  return {
    load: planGroups(groups),
    description: groups.map(describeGroup).join('; '),
    change: (changes) => planGroups(changeGroups(groups, changes)),
    service: undefined,
    repeats: repeatsOf(groups),
  };
}

function describeGroup({ name, count, withinMs, arrival, calls, repeat }: GroupSettings): string {
  const spread = withinMs === 0 || arrival === 'burst' ? 'at once' : `within ${formatWindow(withinMs)}`;
  const each = repeat * calls.reduce((sum, { times }) => sum + times, 0);
  return `${name}: ${formatCount(count)} arrive ${spread} and make ${formatCount(each)} each`;
}

function planGroups(groups: readonly GroupSettings[]): Load {
  return {
    groups: groups.map((group) => ({ name: group.name, calls: callsOf(group), priority: group.calls[0]?.priority })),
    calls: groups.reduce((sum, group) => sum + callsOf(group), 0),
    plan(schedule, target, random) {
      for (const [index, group] of groups.entries()) {
        for (const [agent, ms] of arrivals(group, random).entries()) {
          schedule.at(ms, () => new Agent(index, group, agent, schedule, target, random).start());
        }
      }
    },
  };
}

function changeGroups(groups: readonly GroupSettings[], changes: readonly Change[]): GroupSettings[] {
  return groups.map((group) => {
    let changed = group;
    for (const change of changes) {
      // The group stays in the list, so that the groups of both runs have the same numbers.
      if (change.kind === 'drop' && change.group === group.name) changed = { ...changed, count: 0 };
      if (change.kind === 'priority' && change.group === group.name)
        changed = { ...changed, calls: changed.calls.map((call) => ({ ...call, priority: change.priority })) };
    }
    return changed;
  });
}

function repeatsOf(groups: readonly GroupSettings[]): LoadSource['repeats'] {
  const routes = new Map<string, { calls: number; things: number; isForAll: boolean }>();
  for (const { count, repeat, calls } of groups) {
    for (const { route, method, times, asks } of calls) {
      if (method !== 'GET' && method !== 'HEAD') continue;
      const known = routes.get(route) ?? { calls: 0, things: 0, isForAll: false };
      const made = count * repeat * times;
      known.calls += made;
      if (asks === 'each') known.things += made;
      else if (asks === 'agent') known.things += count;
      else if (asks === 'all') known.isForAll = true;
      else known.things += Math.min(made, asks);
      routes.set(route, known);
    }
  }
  return [...routes]
    .map(([route, { calls, things, isForAll }]) => ({ route, calls: calls - things - (isForAll ? 1 : 0) }))
    .filter(({ calls }) => calls > 0)
    .sort((a, b) => b.calls - a.calls);
}

/** One agent of a group. */
class Agent {
  readonly #arrivedAt: number;
  #asked = 0;
  /** Calls that have not ended. */
  #open: number;

  constructor(
    readonly index: number,
    readonly group: GroupSettings,
    readonly agent: number,
    readonly schedule: Schedule,
    readonly target: LoadTarget,
    readonly random: Random,
  ) {
    this.#arrivedAt = schedule.now();
    this.#open = callsOf({ ...group, count: 1 });
  }

  start(): void {
    const { repeat, repeatEveryMs, inOrder } = this.group;
    const arrivedAt = this.#arrivedAt;
    if (inOrder) return this.#next(0, 0, 0);
    for (let round = 0; round < repeat; round++) {
      const startedAt = arrivedAt + round * repeatEveryMs;
      for (const call of this.group.calls) {
        for (let i = 0; i < call.times; i++) {
          const ms = startedAt + call.afterMs + i * call.everyMs;
          if (ms <= arrivedAt) this.#begin(call);
          else this.schedule.at(ms, () => this.#begin(call));
        }
      }
    }
  }

  /** Begins a call, and the one after it when this one has ended. */
  #next(round: number, index: number, done: number): void {
    const { calls, repeat, repeatEveryMs } = this.group;
    const call = calls[index];
    if (!call) {
      if (round + 1 < repeat && calls.length > 0) this.schedule.after(repeatEveryMs, () => this.#next(round + 1, 0, 0));
      return;
    }
    const isLast = done + 1 >= call.times;
    const wait = done === 0 ? call.afterMs : call.everyMs;
    this.schedule.after(wait, () =>
      this.#begin(call, () => this.#next(round, isLast ? index + 1 : index, isLast ? 0 : done + 1)),
    );
  }

  #begin(call: CallSettings, onEnd?: () => void): void {
    const { method, path, route, priority, tenant, asks } = call;
    const { index: group } = this;
    const resource = this.#resource(route, asks);
    const ended = (): void => {
      if (--this.#open === 0) this.target.finished(group, this.schedule.now() - this.#arrivedAt);
      onEnd?.();
    };
    this.target.begin({ group, method, path, route, resource, priority, tenant, isWaiting: true, onEnd: ended });
  }

  #resource(route: string, asks: CallSettings['asks']): string {
    if (asks === 'all') return route;
    if (asks === 'agent') return `${route} ${this.group.name} ${this.agent}`;
    if (asks === 'each') return `${route} ${this.group.name} ${this.agent} ${this.#asked++}`;
    return `${route} of ${Math.floor(this.random.next() * asks)}`;
  }
}
