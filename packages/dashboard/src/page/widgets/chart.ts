import uPlot from 'uplot';
import type { Bucket } from '@holdline/monitor';
import { fill, h, setText } from '../dom.js';
import { clockTime, count, dayTime, timeElement } from '../format.js';
import { linkToCalls } from '../router.js';

/** One series of a chart. */
export interface Series {
  name: string;
  /** Custom property of the style sheet with the colour. */
  color: string;
  read: (bucket: Bucket, bucketMs: number) => number | undefined;
  print: (value: number | undefined) => string;
  kind?: 'line' | 'area' | 'bars';
  /** The right axis has parts of 1. */
  isPart?: boolean;
}

interface ChartOptions {
  title: string;
  series: Series[];
  /** Upper end of the scale, for the largest value. */
  niceMaximum?: (max: number | null) => number;
  /** Prints a value beside the axis, in at most eight characters. */
  printAxis: (value: number) => string;
}

const HEIGHT = 168;
const DAY_MS = 86_400_000;

const colorOf = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A chart of buckets over time, with its legend and the same numbers as a table. */
export class Chart {
  readonly element: HTMLElement;
  readonly #host = h('div', { class: 'chart-host', role: 'img' });
  readonly #legend: HTMLElement;
  readonly #values: HTMLElement[];
  readonly #when = h('span', { class: 'chart-when num' });
  readonly #tableBody = h('tbody');
  readonly #details: HTMLDetailsElement;
  #plot: uPlot | undefined;
  #data: uPlot.AlignedData = [[]];
  #buckets: Bucket[] = [];
  #bucketMs = 10_000;

  constructor(private readonly options: ChartOptions) {
    this.#values = options.series.map(() => h('b', { class: 'num' }));
    this.#legend = h(
      'p',
      { class: 'legend' },
      ...options.series.map(({ name, color }, i) =>
        h('span', {}, h('i', { class: `swatch ${color.slice(2)}` }), `${name} `, this.#values[i]),
      ),
      this.#when,
    );
    this.#details = h(
      'details',
      { class: 'chart-table', ontoggle: () => this.#fillTable() },
      h('summary', {}, 'As a table'),
      h(
        'div',
        { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `${options.title}, as a table` },
        h(
          'table',
          {},
          h('caption', { class: 'hidden' }, options.title),
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              h('th', { scope: 'col' }, 'From'),
              ...options.series.map(({ name }) => h('th', { scope: 'col', class: 'num' }, name)),
            ),
          ),
          this.#tableBody,
        ),
      ),
    );
    this.element = h('div', { class: 'chart' }, h('h3', {}, options.title), this.#legend, this.#host, this.#details);
  }

  update(buckets: Bucket[], bucketMs: number, from: number, to: number): void {
    // The interval that has not ended would look like a drop.
    this.#buckets = buckets.filter(({ at }) => at + bucketMs <= to);
    this.#bucketMs = bucketMs;
    this.#data = this.#align(this.#buckets, bucketMs, from, to);
    this.#host.setAttribute('aria-label', this.#describe());
    if (this.#plot) this.#plot.setData(this.#data);
    else this.#draw();
    this.#showValues(undefined);
    this.#fillTable();
  }

  /** Draws the chart again, for other colours or another width. */
  redraw(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
    if (this.element.isConnected && this.#data[0].length > 0) this.#draw();
  }

  resize(): void {
    const width = this.#host.clientWidth;
    if (this.#plot && width > 0) this.#plot.setSize({ width, height: HEIGHT });
  }

  /** Puts the buckets at equal distances. Times without a bucket have no value. */
  #align(buckets: Bucket[], bucketMs: number, from: number, to: number): uPlot.AlignedData {
    const byPlace = new Map(buckets.map((bucket) => [Math.floor(bucket.at / bucketMs), bucket]));
    const xs: number[] = [];
    const ys: (number | null | undefined)[][] = this.options.series.map(() => []);
    for (let place = Math.floor(from / bucketMs); place <= Math.floor(to / bucketMs); place++) {
      xs.push((place * bucketMs) / 1000);
      const bucket = byPlace.get(place);
      this.options.series.forEach(({ read, kind }, i) => {
        const value = bucket && read(bucket, bucketMs);
        // A line goes on over undefined and ends at null: the process did not run then.
        ys[i]?.push(!bucket || (kind === 'bars' && value === 0) ? null : value);
      });
    }
    return [xs, ...ys];
  }

  #draw(): void {
    const width = this.#host.clientWidth;
    if (width === 0) return;
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const text = colorOf('--muted');
    const grid = { stroke: colorOf('--grid'), width: 1 };
    const axis = { stroke: text, font, grid, ticks: { ...grid, size: 4 } };
    const hasPart = this.options.series.some(({ isPart }) => isPart);
    this.#plot = new uPlot(
      {
        width,
        height: HEIGHT,
        padding: [8, hasPart ? 0 : 8, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 5 } },
        scales: {
          x: { time: true },
          y: { range: (_, _min, max) => [0, (this.options.niceMaximum ?? niceMaximum)(max)] },
          part: { range: [0, 1] },
        },
        axes: [
          { ...axis, size: 26, space: 64, values: (_, splits) => splits.map((split) => this.#timeOf(split * 1000)) },
          {
            ...axis,
            size: 52,
            splits: (_u, _i, min, max) => [min, max / 2, max],
            values: (_, splits) => splits.map((value) => this.options.printAxis(value)),
          },
          ...(hasPart
            ? [
                {
                  ...axis,
                  scale: 'part',
                  side: 1 as const,
                  size: 44,
                  grid: { show: false },
                  splits: () => [0, 0.5, 1],
                  values: () => ['0 %', '50 %', '100 %'],
                },
              ]
            : []),
        ],
        series: [{}, ...this.options.series.map(seriesOptions)],
        hooks: {
          setCursor: [({ cursor }) => this.#showValues(cursor.idx ?? undefined)],
          draw: [(plot) => this.#mark(plot)],
        },
      },
      this.#data,
      this.#host,
    );
    // A click leads to the calls since then. The table has the same as links.
    this.#plot.over.addEventListener('click', () => {
      const idx = this.#plot?.cursor.idx;
      const at = idx === null || idx === undefined ? undefined : this.#data[0][idx];
      if (at !== undefined) location.hash = linkToCalls({ since: at * 1000 });
    });
  }

  /** Marks the intervals with a bar at the upper edge, because few refusals make low bars. */
  #mark({ ctx, bbox, valToPos }: uPlot): void {
    const size = 5 * devicePixelRatio;
    this.options.series.forEach(({ kind, color }, i) => {
      if (kind !== 'bars') return;
      ctx.fillStyle = colorOf(color);
      this.#data[0].forEach((x, place) => {
        if (this.#data[i + 1]?.[place]) ctx.fillRect(valToPos(x, 'x', true) - size / 2, bbox.top, size, size);
      });
    });
  }

  /** Shows the values under the cursor, or the newest ones. */
  #showValues(index: number | undefined): void {
    const [xs, ...ys] = this.#data;
    const at = index ?? this.#lastIndex();
    this.options.series.forEach(({ print, kind }, i) => {
      const value = ys[i]?.[at] ?? undefined;
      setText(this.#values[i] as Element, print(value ?? (kind === 'bars' ? 0 : undefined)));
    });
    const x = xs[at];
    setText(this.#when, x === undefined ? '' : `at ${this.#timeOf(x * 1000)}`);
  }

  /** The newest place with a bucket. */
  #lastIndex(): number {
    const last = this.#buckets.at(-1);
    const [xs] = this.#data;
    return last ? Math.max(0, xs.indexOf((Math.floor(last.at / this.#bucketMs) * this.#bucketMs) / 1000)) : 0;
  }

  #timeOf(wall: number): string {
    const [xs] = this.#data;
    const range = ((xs.at(-1) ?? 0) - (xs[0] ?? 0)) * 1000;
    return range > DAY_MS * 1.5 ? dayTime(wall) : clockTime(wall).slice(0, 5);
  }

  #describe(): string {
    const parts = this.options.series.map(({ name, read, print }) => {
      const values = this.#buckets.map((bucket) => read(bucket, this.#bucketMs)).filter((value) => value !== undefined);
      return `${name}: ${values.length === 0 ? 'no value' : `at most ${print(Math.max(...values))}`}`;
    });
    return `${this.options.title}. ${parts.join('. ')}. The table below has all values.`;
  }

  #fillTable(): void {
    if (!this.#details.open) return;
    const rows = [...this.#buckets]
      .reverse()
      .map((bucket) =>
        h(
          'tr',
          {},
          h(
            'th',
            { scope: 'row' },
            h('a', { href: linkToCalls({ since: bucket.at }) }, timeElement(bucket.at, this.#bucketMs >= 3_600_000)),
          ),
          ...this.options.series.map(({ read, print }) =>
            h('td', { class: 'num' }, print(read(bucket, this.#bucketMs))),
          ),
        ),
      );
    fill(this.#tableBody, ...rows);
  }
}

function seriesOptions({ name, color, kind = 'line', isPart }: Series): uPlot.Series {
  const stroke = colorOf(color);
  const common = { label: name, stroke, width: 1.5, points: { show: false }, ...(isPart && { scale: 'part' }) };
  if (kind === 'bars')
    return {
      ...common,
      width: 0,
      fill: stroke,
      paths: uPlot.paths.bars?.({ size: [0.9, 6, 2] }) as uPlot.Series.PathBuilder,
    };
  // `22` is the opacity of the area.
  return kind === 'area' ? { ...common, fill: `${stroke}22` } : common;
}

/** The next number of the form 1, 2 or 5 times a power of ten, so that the scale does not move all the time. */
export function niceMaximum(max: number | null): number {
  if (max === null || max <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(max));
  const steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
  return (steps.find((step) => step * power >= max) ?? 10) * power;
}

export const printCount = (value: number | undefined): string =>
  count(value === undefined ? undefined : Math.round(value));
