const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const FORMS = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  /^[a-z]{3}, (?<day>\d{2}) (?<month>[a-z]{3}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) gmt$/,
  // Sunday, 06-Nov-94 08:49:37 GMT
  /^[a-z]{6,9}, (?<day>\d{2})-(?<month>[a-z]{3})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) gmt$/,
  // Sun Nov  6 08:49:37 1994
  /^[a-z]{3} (?<month>[a-z]{3}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/,
];

/**
 * Reads an HTTP date in its three forms (RFC 9110 §5.6.7). Any other text gives undefined. `Date.parse` is too lenient: it accepts
 * `"1"` as a date in 2001.
 *
 * @param nowWall - Decides the century of a two-digit year.
 * @returns Milliseconds since the epoch.
 */
export function parseHttpDate(value: string, nowWall: number): number | undefined {
  if (value.length > 40) return undefined;
  const folded = value.trim().toLowerCase();
  for (const form of FORMS) {
    const groups = form.exec(folded)?.groups;
    if (!groups) continue;
    const month = MONTHS.indexOf(groups['month'] as string);
    const day = Number(groups['day']);
    const [hour, minute, second] = (groups['time'] as string).split(':').map(Number) as [number, number, number];
    if (month < 0 || day < 1 || hour > 23 || minute > 59 || second > 60) return undefined;
    let year = Number(groups['year']);
    if (year < 100) {
      const century = Math.floor(new Date(nowWall).getUTCFullYear() / 100) * 100;
      year += century;
      // RFC 9110: more than 50 years ahead means the past.
      if (Date.UTC(year, month, day) > nowWall + 50 * 365.25 * 86_400_000) year -= 100;
    }
    // Date.UTC accepts 31 February.
    if (new Date(Date.UTC(year, month, day)).getUTCDate() !== day) return undefined;
    return Date.UTC(year, month, day, hour, minute, second);
  }
  return undefined;
}
