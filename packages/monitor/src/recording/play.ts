import {
  type Clock,
  ConfigError,
  EVENT_NAMES,
  type EventName,
  type HoldlineEvents,
  Listeners,
  type Snapshot,
  type Undo,
} from '@holdline/core';
import { emptySnapshot } from '../empty-snapshot.js';
import { LineMonitor } from '../monitor.js';
import { checkMonitorOptions, type MonitorOptions } from '../options.js';
import type { Monitor, Watchable } from '../types.js';
import type { RecordedEntry } from './format.js';
import { readEntries, readRecording, RecordingError, type ReadOptions } from './read.js';
import { MAX_SNAPSHOT_MS } from './recorder.js';

/**
 * Options of {@link monitorRecording}.
 * @public
 */
export interface PlayOptions extends ReadOptions, Omit<MonitorOptions, 'clock' | 'name' | 'history'> {}

/** Without an entry for so long, the recorded process did not run. */
const FROZEN_MS = 2 * MAX_SNAPSHOT_MS;
/** Entries of a followed recording arrive at most so late. */
const DELAY_MS = 1_000;
/** Number of lines of a recording that are played. */
const MAX_LINES = 1_000;

/** A clock with the time of a recording. */
class RecordingClock implements Clock {
  #now = 0;
  #wall: number;
  readonly #timers = new Set<{ at: number; fn: () => void }>();

  constructor(wall: number) {
    this.#wall = wall;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#wall;
  }

  setTimer(ms: number, fn: () => void): Undo {
    const timer = { at: this.#now + Math.max(0, ms), fn };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Moves the time to a wall time, timer by timer. It never goes back. */
  moveTo(wall: number): void {
    const target = this.#now + Math.max(0, wall - this.#wall);
    if (target - this.#now > FROZEN_MS) this.#set(target);
    for (;;) {
      let first: { at: number; fn: () => void } | undefined;
      for (const timer of this.#timers) if (timer.at <= target && (!first || timer.at < first.at)) first = timer;
      if (!first) break;
      this.#timers.delete(first);
      this.#set(Math.max(this.#now, first.at));
      first.fn();
    }
    this.#set(target);
  }

  #set(now: number): void {
    this.#wall += now - this.#now;
    this.#now = now;
  }
}

/** A line of a recording. */
class PlayedLine extends Listeners<HoldlineEvents> implements Watchable {
  #last: Snapshot = emptySnapshot();

  constructor() {
    super(EVENT_NAMES);
  }

  snapshot(): Snapshot {
    return this.#last;
  }

  update(snapshot: Snapshot): Snapshot {
    // An absent part of a damaged or older snapshot is empty.
    return (this.#last = { ...emptySnapshot(), ...snapshot });
  }
}

/** Plays entries into monitors, one for each line. */
class Player {
  readonly monitors: Monitor[] = [];
  readonly #lines = new Map<number, { line: PlayedLine; monitor: LineMonitor }>();
  readonly #clock: RecordingClock;

  constructor(
    startedAt: number,
    private readonly options: MonitorOptions,
  ) {
    this.#clock = new RecordingClock(startedAt);
  }

  moveTo(wall: number): void {
    this.#clock.moveTo(wall);
  }

  play(entry: RecordedEntry): void {
    this.#clock.moveTo(entry.at);
    if (entry.name === 'started') return this.#start(entry.line, entry.payload.name);
    const played = this.#lines.get(entry.line);
    if (!played) return;
    if (entry.name === 'snapshot') played.monitor.sample(played.line.update(entry.payload));
    else if (Object.hasOwn(EVENT_NAMES, entry.name)) played.line.emit(entry.name as EventName, entry.payload as never);
  }

  #start(number: number, name: string): void {
    if (this.#lines.has(number) || this.#lines.size >= MAX_LINES) return;
    const line = new PlayedLine();
    const options = checkMonitorOptions({ ...this.options, name, clock: this.#clock });
    const monitor = new LineMonitor(line, options, false);
    this.#lines.set(number, { line, monitor });
    this.monitors.push(monitor);
  }
}

/**
 * Plays a recording into monitors, one for each recorded line, with the time of the recording. At most 1,000 lines are played.
 *
 * With `follow`, the promise settles when all present entries are played. Later entries reach the monitors as they are written, and
 * monitors of later lines are added to the array. The signal ends that.
 *
 * @throws ConfigError for wrong options. RecordingError if the file is no recording that this version can read, or is damaged.
 * @example
 * ```ts
 * import { monitorRecording } from '@holdline/monitor/node';
 *
 * for (const watch of await monitorRecording('run.jsonl')) console.log(watch.name, watch.totals().calls);
 * ```
 * @public
 */
export async function monitorRecording(file: string, options: PlayOptions = {}): Promise<Monitor[]> {
  const { follow = false, signal, ...rest } = options;
  // Nobody wants a message about an alert of the past.
  if (checkMonitorOptions(rest).alerts?.webhooks.length)
    throw new ConfigError('options.alerts.webhooks is not known; a recording sends no webhooks');
  const reading = { follow, ...(signal && { signal }) };
  const { startedAt } = await readRecording(file, reading);
  const player = new Player(startedAt, rest);
  await new Promise<void>((resolve, reject) => {
    const onIdle = (): void => {
      player.moveTo(Date.now() - DELAY_MS);
      resolve();
    };
    const playAll = async (): Promise<void> => {
      // The header is the first line.
      let number = 1;
      for await (const entry of readEntries(file, reading, onIdle)) {
        number++;
        try {
          player.play(entry);
        } catch (cause) {
          throw new RecordingError('DAMAGED', `line ${number} of ${file} is damaged`, { cause });
        }
      }
    };
    playAll().then(resolve, reject);
  });
  return player.monitors;
}
