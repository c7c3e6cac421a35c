/**
 * Runs jobs two at a time, because the machines of CI have two cores. A job is a function that returns a promise. Resolves with the
 * results in the order of the jobs. Rejects with the first error.
 */
export async function twoAtATime(jobs) {
  const results = [];
  let next = 0;
  const takeAll = async () => {
    while (next < jobs.length) {
      const index = next++;
      results[index] = await jobs[index]();
    }
  };
  await Promise.all([takeAll(), takeAll()]);
  return results;
}
