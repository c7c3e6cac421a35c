/** Turns of the event loop that every wait has. */
const MIN_TURNS = 500;

/**
 * Limits a wait by real time and by turns of the event loop. Client and server run in this process: on a busy machine they get few turns in
 * a second. Returns a function to call once for each turn, which tells whether the wait is over.
 */
export function limitWait(maxMs: number): () => boolean {
  const end = performance.now() + maxMs;
  let turns = 0;
  return () => ++turns > MIN_TURNS && performance.now() > end;
}
