import { formatCount, formatTime } from './duration.js';
import type { RunResult, Series, SimulationResult } from './types.js';

const WIDTH = 860;
const MARGIN = 24;
/** Left edges, and the width of both panels of a run. */
const PANELS = [64, 484] as const;
const PANEL_WIDTH = 352;
const PANEL_HEIGHT = 84;
const RUN_HEIGHT = 158;
const TOP = 84;
/** Characters in a line of the summary. */
const SUMMARY_LENGTH = 130;
/** Maximal number of runs in a picture. */
const MAX_RUNS = 20;

const STYLE = `
    .page { fill: #ffffff } .ink { fill: #1f2328 } .soft { fill: #59636e }
    .axis { stroke: #59636e; stroke-width: 1 } .grid { stroke: #d1d9e0; stroke-width: 1 }
    .sent { fill: #0969da } .waiting { fill: #8250df; fill-opacity: .75 } .limit { stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 5 3 }
    .limit-text { fill: #cf222e }
    text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif } .head { font-size: 16px; font-weight: 600 } .run { font-size: 13px; font-weight: 600 } .small { font-size: 11px }
    @media (prefers-color-scheme: dark) {
      .page { fill: #0d1117 } .ink { fill: #f0f6fc } .soft { fill: #9198a1 }
      .axis { stroke: #9198a1 } .grid { stroke: #30363d }
      .sent { fill: #4493f8 } .waiting { fill: #ab7df8 } .limit { stroke: #f85149 } .limit-text { fill: #f85149 }
    }`;

interface Scale {
  endMs: number;
  sent: number;
  waiting: number;
}

/**
 * Draws the result of a simulation as an SVG picture without references to other files: for each run the requests against the limit, and
 * the waiting calls. All runs have the same scales. The picture follows the light or dark scheme of the reader.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { drawSimulation, simulate } from 'holdline';
 *
 * const calls = [{ route: 'GET /api/v2/users/:id' }];
 * writeFileSync('load.svg', drawSimulation(await simulate({ load: [{ name: 'agents', count: 10, calls }] })));
 * ```
 * @public
 */
export function drawSimulation(result: SimulationResult): string {
  const { base, whatIf, summary } = result;
  const runs = [{ title: 'As described', run: base }, ...whatIf.map(({ title, run }) => ({ title, run }))].slice(
    0,
    MAX_RUNS,
  );
  const scale: Scale = {
    endMs: Math.max(1_000, ...runs.map(({ run }) => run.total.lastEndedMs)),
    sent: niceTop(Math.max(...runs.map(({ run }) => Math.max(run.allowed ?? 0, ...run.sent.values)))),
    waiting: niceTop(Math.max(...runs.map(({ run }) => Math.max(0, ...run.waiting.values)))),
  };
  const height = TOP + runs.length * RUN_HEIGHT + 12;
  const facts = [summary, ...runs.map(({ title, run }) => `${title}: ${factsOf(run)}.`)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">`,
    '  <title id="title">Simulated load: requests against the limit, and waiting calls</title>',
    `  <desc id="desc">${escape(facts.join(' '))}</desc>`,
    `  <style>${STYLE}\n  </style>`,
    `  <rect class="page" width="${WIDTH}" height="${height}"/>`,
    `  <text class="head ink" x="${MARGIN}" y="32">Simulated load</text>`,
    ...summaryLines(summary).map(
      (line, i) => `  <text class="soft" x="${MARGIN}" y="${52 + i * 17}">${escape(line)}</text>`,
    ),
    ...runs.map(({ title, run }, i) => drawRun(title, run, scale, TOP + i * RUN_HEIGHT)),
    '</svg>',
    '',
  ].join('\n');
}

const factsOf = ({ total }: RunResult): string => {
  const { lastEndedMs, waits, requests, refused, unfinished } = total;
  return [
    `ended after ${formatTime(lastEndedMs)}`,
    `95 % waited at most ${formatTime(waits.p95)}`,
    `${formatCount(requests)} requests`,
    ...(refused > 0 ? [`${formatCount(refused)} refused`] : []),
    ...(unfinished > 0 ? [`${formatCount(unfinished)} unfinished`] : []),
  ].join(' · ');
};

function drawRun(title: string, run: RunResult, scale: Scale, top: number): string {
  const panelTop = top + 42;
  const [left, right] = PANELS;
  return [
    '  <g>',
    `    <text class="run ink" x="${MARGIN}" y="${top + 14}">${escape(shorten(title, 60))}</text>`,
    `    <text class="soft" x="${WIDTH - MARGIN}" y="${top + 14}" text-anchor="end">${escape(factsOf(run))}</text>`,
    `    <text class="small soft" x="${left}" y="${top + 34}">${escape(labelOf(run))}</text>`,
    `    <text class="small soft" x="${right}" y="${top + 34}">Waiting calls</text>`,
    drawAxes(left, panelTop, scale.sent, scale.endMs),
    drawBars(run.sent, left, panelTop, scale),
    drawLimit(run.allowed, left, panelTop, scale),
    drawAxes(right, panelTop, scale.waiting, scale.endMs),
    drawArea(run, right, panelTop, scale),
    '  </g>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** A series of a long run has intervals of several windows, with the mean of the windows. */
function labelOf({ sent, windowMs }: RunResult): string {
  const per = windowMs === 1_000 ? 'Requests per second' : `Requests per window of ${formatTime(windowMs)}`;
  return sent.stepMs > windowMs ? `${per}, mean of ${sent.stepMs / windowMs} windows` : per;
}

const yOf = (value: number, max: number, top: number): number =>
  round(top + PANEL_HEIGHT * (1 - Math.min(1, value / max)));
const xOf = (ms: number, endMs: number, left: number): number =>
  round(left + PANEL_WIDTH * Math.min(1, Math.max(0, ms / endMs)));
const round = (value: number): number => Math.round(value * 10) / 10;

function drawAxes(left: number, top: number, max: number, endMs: number): string {
  const bottom = top + PANEL_HEIGHT;
  const parts: string[] = [];
  for (const value of [max, max / 2]) {
    const y = yOf(value, max, top);
    parts.push(`    <line class="grid" x1="${left}" y1="${y}" x2="${left + PANEL_WIDTH}" y2="${y}"/>`);
    parts.push(
      `    <text class="small soft" x="${left - 6}" y="${y + 4}" text-anchor="end">${formatCount(value)}</text>`,
    );
  }
  parts.push(`    <line class="axis" x1="${left}" y1="${bottom}" x2="${left + PANEL_WIDTH}" y2="${bottom}"/>`);
  const stepMs = niceStep(endMs / 4);
  for (let ms = 0; ms <= endMs * 1.001; ms += stepMs) {
    const anchor = ms === 0 ? 'start' : ms > endMs * 0.96 ? 'end' : 'middle';
    const x = xOf(ms, endMs, left);
    parts.push(
      `    <text class="small soft" x="${x}" y="${bottom + 15}" text-anchor="${anchor}">${formatTime(ms)}</text>`,
    );
  }
  return parts.join('\n');
}

function drawBars({ startMs, stepMs, values }: Series, left: number, top: number, { sent, endMs }: Scale): string {
  const paths = values.map((value, i) => {
    const from = xOf(startMs + i * stepMs, endMs, left);
    const until = xOf(startMs + (i + 1) * stepMs, endMs, left);
    const gap = until - from > 6 ? 1 : 0;
    const width = round(Math.max(0.4, until - from - gap));
    const y = yOf(value, sent, top);
    return value === 0 ? '' : `M${from} ${top + PANEL_HEIGHT}V${y}h${width}V${top + PANEL_HEIGHT}z`;
  });
  const path = paths.join('');
  return path === '' ? '' : `    <path class="sent" d="${path}"/>`;
}

function drawLimit(allowed: number | undefined, left: number, top: number, { sent }: Scale): string {
  if (allowed === undefined) return '';
  const y = yOf(allowed, sent, top);
  const right = left + PANEL_WIDTH;
  return [
    `    <line class="limit" x1="${left}" y1="${y}" x2="${right}" y2="${y}"/>`,
    `    <text class="small limit-text" x="${right}" y="${y - 4}" text-anchor="end">limit ${formatCount(allowed)}</text>`,
  ].join('\n');
}

function drawArea({ waiting, total }: RunResult, left: number, top: number, { waiting: max, endMs }: Scale): string {
  const { stepMs, values } = waiting;
  if (values.every((value) => value === 0)) return '';
  const bottom = top + PANEL_HEIGHT;
  const steps = values.map((value, i) => `H${xOf(i * stepMs, endMs, left)}V${yOf(value, max, top)}`).join('');
  const end = xOf(Math.min(values.length * stepMs, total.lastEndedMs), endMs, left);
  return `    <path class="waiting" d="M${left} ${bottom}${steps}H${end}V${bottom}z"/>`;
}

/** The smallest of 1, 2, 4, 5, 6, 8, 10 times a power of ten that is not below the value. */
function niceTop(value: number): number {
  if (value <= 2) return 2;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 5, 6, 8].find((factor) => factor * power >= value * 0.99) ?? 10) * power;
}

/** A step of an axis in ms that reads well in seconds. */
function niceStep(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(ms));
  return ([1, 2, 5].find((factor) => factor * power >= ms) ?? 10) * power;
}

/** The summary in at most two lines. */
function summaryLines(summary: string): string[] {
  const at = summary.length <= SUMMARY_LENGTH ? summary.length : summary.lastIndexOf(' ', SUMMARY_LENGTH);
  return [summary.slice(0, at), shorten(summary.slice(at).trim(), SUMMARY_LENGTH)].filter((line) => line !== '');
}

const shorten = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? '');
