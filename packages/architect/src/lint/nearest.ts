/** Number of insertions, deletions and replacements that turn one text into another. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** The candidate that is nearest to a text, unless more than a third of the text differs. */
export function nearest(text: string, candidates: Iterable<string>): string | undefined {
  const name = text.slice(0, 80).toLowerCase();
  let best: string | undefined;
  let least = Math.max(3, Math.ceil(name.length / 3));
  for (const candidate of candidates) {
    const found = distance(name, candidate.toLowerCase());
    if (found >= least) continue;
    least = found;
    best = candidate;
  }
  return best;
}
