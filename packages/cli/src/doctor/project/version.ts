/** The numbers of a version: `25.1.2` is [25, 1, 2]. Parts that are missing count as 0. */
function numbersOf(version: string): number[] {
  return version
    .split(/[-+]/, 1)[0]!
    .split('.')
    .map((part) => Number.parseInt(part, 10) || 0);
}

/** Compares two versions by their numbers: negative if `a` is older. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A range of versions, both ends included. */
export interface Range {
  readonly from?: string;
  readonly to?: string;
}

/** Whether a version lies in a range. An end such as `262` covers all its minor versions. */
export function isIn(version: string, { from = '0', to = '999999' }: Range): boolean {
  const length = to.split('.').length;
  const cut = numbersOf(version).slice(0, length).join('.');
  return compareVersions(version, from) >= 0 && compareVersions(cut, to) <= 0;
}
