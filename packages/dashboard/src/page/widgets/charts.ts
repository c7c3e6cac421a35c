import type { HistoryRange } from '@holdline/monitor';
import type { HistoryAnswer } from '../../state/types.js';
import { readApi } from '../api.js';
import { h, setAttribute } from '../dom.js';
import { duration, percent, shortDuration } from '../format.js';
import { Chart, niceMaximum, printCount } from './chart.js';
import { addToHead, panel } from './panel.js';

const RANGES: { range: HistoryRange; name: string; ms: number }[] = [
  { range: 'hour', name: 'Hour', ms: 3_600_000 },
  { range: 'day', name: 'Day', ms: 86_400_000 },
  { range: 'week', name: 'Week', ms: 604_800_000 },
];

/** The series of the last hour, day or week. */
export class Charts {
  readonly #charts = [
    new Chart({
      title: 'Requests per minute',
      printAxis: printCount,
      series: [
        {
          name: 'Requests',
          color: '--series-1',
          kind: 'area',
          read: ({ attempts }, ms) => (attempts * 60_000) / ms,
          print: printCount,
        },
        {
          name: 'Refused',
          color: '--series-bad',
          kind: 'bars',
          read: ({ refusals }, ms) => (refusals * 60_000) / ms,
          print: printCount,
        },
      ],
    }),
    new Chart({
      title: 'Time of a call',
      printAxis: shortDuration,
      // Above a minute, both ends of the scale and its middle are whole minutes.
      niceMaximum: (max) => (max !== null && max > 60_000 ? Math.ceil(max / 120_000) * 120_000 : niceMaximum(max)),
      series: [
        { name: 'p50', color: '--series-1', read: ({ p50 }) => p50, print: duration },
        { name: 'p95', color: '--series-2', read: ({ p95 }) => p95, print: duration },
        { name: 'p99', color: '--series-3', read: ({ p99 }) => p99, print: duration },
      ],
    }),
    new Chart({
      title: 'Waiting calls and use of the quota',
      printAxis: printCount,
      series: [
        { name: 'Waiting', color: '--series-3', kind: 'area', read: ({ queued }) => queued, print: printCount },
        {
          name: 'Quota used',
          color: '--series-1',
          read: ({ quotaUse }) => (quotaUse === undefined ? undefined : Math.min(1, quotaUse)),
          print: percent,
          isPart: true,
        },
      ],
    }),
  ];
  readonly #buttons = new Map<HistoryRange, HTMLButtonElement>();
  readonly element = panel(
    'charts',
    'History',
    h('div', { class: 'charts' }, ...this.#charts.map(({ element }) => element)),
  );
  #range: HistoryRange = 'hour';
  #line: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isShown = false;

  constructor() {
    const group = h('div', { class: 'switch', role: 'group', 'aria-label': 'Range of the history' });
    for (const { range, name } of RANGES) {
      const button = h('button', { type: 'button', onclick: () => this.#choose(range) }, name);
      this.#buttons.set(range, button);
      group.append(button);
    }
    addToHead(this.element, group);
    this.#markRange();
    new ResizeObserver(() => this.#charts.forEach((chart) => chart.resize())).observe(this.element);
  }

  /** Shows the history of a line. */
  show(line: number): void {
    const isNew = this.#line !== line || !this.#isShown;
    this.#line = line;
    this.#isShown = true;
    if (isNew) void this.#load();
  }

  hide(): void {
    this.#isShown = false;
    clearTimeout(this.#timer);
  }

  redraw(): void {
    this.#charts.forEach((chart) => chart.redraw());
  }

  #choose(range: HistoryRange): void {
    this.#range = range;
    this.#markRange();
    void this.#load();
  }

  #markRange(): void {
    for (const [range, button] of this.#buttons) setAttribute(button, 'aria-pressed', String(range === this.#range));
  }

  async #load(): Promise<void> {
    clearTimeout(this.#timer);
    const [range, line] = [this.#range, this.#line];
    const answer = await readApi<HistoryAnswer>('history', new URLSearchParams({ range, line: String(line) }));
    if (range !== this.#range || line !== this.#line || !this.#isShown) return;
    if (answer) {
      const { at, bucketMs, buckets } = answer;
      const ms = RANGES.find((one) => one.range === range)?.ms ?? 0;
      for (const chart of this.#charts) chart.update(buckets, bucketMs, at - ms, at);
    }
    this.#timer = setTimeout(() => void this.#load(), Math.min(60_000, answer?.bucketMs ?? 10_000));
  }
}
