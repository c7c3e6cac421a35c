/** A busy machine may need this long for one event, ms. */
const MAX_WAIT_MS = 45_000;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Waits until `holds` returns true, for as long as a busy machine may need.
 *
 * @param what Names the event in the error. Without it, the error shows the condition.
 */
export async function until(holds: () => boolean | Promise<boolean>, what = holds.toString()): Promise<void> {
  const end = performance.now() + MAX_WAIT_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`did not happen within ${MAX_WAIT_MS} ms: ${what}`);
    await sleep(10);
  }
}

/** Returns the rejection of `promise`. Fails if the promise resolves. */
export function captureRejection(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  return promise.then(
    (value) => {
      throw new Error(`resolved with ${String(value)}`);
    },
    (error: unknown) => error as Error & Record<string, unknown>,
  );
}
