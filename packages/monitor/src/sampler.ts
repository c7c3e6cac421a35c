import { type Clock, type Snapshot, startBackgroundTimer, type Undo } from '@holdline/core';

/** Time between two ticks, in ms. */
const TICK_MS = 1_000;
/** A snapshot takes at most this part of the time of one core. */
const MAX_SHARE = 0.01;
/** Time between two snapshots for each scope, in ms: with 10,000 scopes 10 s. */
const MS_PER_SCOPE = 1;

interface Sampled {
  /** Called once a second. */
  tick(): void;
  /** Called with a snapshot, at most once a second. */
  sample(snapshot: Snapshot): void;
  takeSnapshot(): Snapshot;
}

/**
 * Calls `tick` once a second, and `sample` as often as snapshots are cheap. The timer does not keep the process alive. It does not keep
 * `target` either, so that a line that nobody closes can be collected together with its monitor.
 */
export function startSampling(target: Sampled, clock: Clock, takesSnapshots: boolean): Undo {
  const ref = new WeakRef(target);
  let nextSnapshotAt = takesSnapshots ? -Infinity : Infinity;
  let undo: Undo;
  const run = (): void => {
    const sampled = ref.deref();
    if (!sampled) return;
    undo = startBackgroundTimer(clock, TICK_MS, run);
    const startedAt = clock.now();
    if (startedAt >= nextSnapshotAt) {
      const snapshot = sampled.takeSnapshot();
      sampled.sample(snapshot);
      const tookMs = clock.now() - startedAt;
      nextSnapshotAt = startedAt + Math.max(tookMs / MAX_SHARE, snapshot.scopes.length * MS_PER_SCOPE);
    }
    sampled.tick();
  };
  undo = startBackgroundTimer(clock, TICK_MS, run);
  return () => undo();
}
