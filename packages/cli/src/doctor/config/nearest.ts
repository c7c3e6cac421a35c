/** Number of insertions, deletions and replacements that turn one text into another, up to `limit`; `limit` if there are more. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = Math.min(
        (previous[j] ?? 0) + 1,
        (current[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
      current.push(cost);
      best = Math.min(best, cost);
    }
    if (best >= limit) return limit;
    previous = current;
  }
  return Math.min(limit, previous[b.length] ?? limit);
}

/** The candidate that is nearest to a text, unless more than a third of the text differs. */
export function nearest(text: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let distance = Math.max(3, Math.ceil(text.length / 3));
  for (const candidate of candidates) {
    const found = editDistance(text, candidate, distance);
    if (found < distance) {
      distance = found;
      best = candidate;
    }
  }
  return best;
}
