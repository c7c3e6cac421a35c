import { describeScope, type CallTrace, type TraceStep } from '@holdline/monitor';
import { h, svg } from '../dom.js';
import { duration } from '../format.js';

/** A piece of a bar. */
interface Piece {
  from: number;
  to: number;
  style: 'queued' | 'gate' | 'good' | 'bad' | 'wire' | 'delay';
}

interface Row {
  name: string;
  pieces: Piece[];
  at: number;
  until: number | undefined;
  /** Whether the part has no length. */
  isMoment?: boolean;
}

const WIDTH = 1000;

function rowOf(step: TraceStep, now: number): Row {
  const { at } = step;
  switch (step.kind) {
    case 'queued': {
      const end = step.until ?? now;
      const gates = step.gates.map((gate): Piece => ({
        from: Math.max(at, gate.closedAt),
        to: Math.min(end, gate.retryAt),
        style: 'gate',
      }));
      const [gate] = step.gates;
      const scope = gate?.scope ?? step.waitsFor;
      const what = gate ? 'Waited for the gate' : 'Queued for a permit';
      return {
        name: scope === undefined ? what : `${what}: ${describeScope(scope)}`,
        pieces: [{ from: at, to: end, style: 'queued' }, ...gates.filter(({ from, to }) => to > from)],
        at,
        until: step.until,
      };
    }
    case 'attempt': {
      const isGood = step.status !== undefined && step.status < 400;
      const style = step.until === undefined ? 'wire' : isGood ? 'good' : 'bad';
      const result = step.until === undefined ? 'on the wire' : String(step.status ?? step.outcome ?? 'no answer');
      return {
        name: `Attempt ${step.attempt}: ${result}`,
        pieces: [{ from: at, to: step.until ?? now, style }],
        at,
        until: step.until,
      };
    }
    case 'delay':
      return {
        name: 'Delay before the retry',
        pieces: [{ from: at, to: Math.min(step.until, Math.max(now, at)), style: 'delay' }],
        at,
        until: step.until,
      };
    case 'refused':
      return {
        name: `Refused by the line: ${step.code}`,
        pieces: [{ from: at, to: at, style: 'bad' }],
        at,
        until: at,
        isMoment: true,
      };
    case 'dryRun':
      return {
        name: `Dry run: ${step.policy} would ${step.action}`,
        pieces: [{ from: at, to: at, style: 'delay' }],
        at,
        until: at,
        isMoment: true,
      };
    case 'gaveUp':
      return {
        name: `No further attempt: ${step.reason}`,
        pieces: [{ from: at, to: at, style: 'bad' }],
        at,
        until: at,
        isMoment: true,
      };
  }
}

/** Draws the parts of a call as bars below each other. */
export function timeline(call: CallTrace, now: number): HTMLElement {
  const end = call.durationMs === undefined ? Math.max(now, call.startedAt + 1) : call.startedAt + call.durationMs;
  const rows = call.steps.map((step) => rowOf(step, now));
  const last = Math.max(end, ...rows.flatMap(({ pieces }) => pieces.map(({ to }) => to)));
  const span = Math.max(1, last - call.startedAt);
  const x = (wall: number): number =>
    Math.round(((Math.max(wall, call.startedAt) - call.startedAt) / span) * WIDTH * 10) / 10;
  return h(
    'div',
    { class: 'timeline' },
    h(
      'div',
      { class: 'timeline-axis', 'aria-hidden': 'true' },
      ...[0, 0.25, 0.5, 0.75, 1].map((part) => h('span', { class: 'num' }, duration(span * part))),
    ),
    h(
      'ol',
      { class: 'timeline-rows' },
      ...rows.map(({ name, pieces, at, until, isMoment }) =>
        h(
          'li',
          {},
          h('span', { class: 'timeline-name' }, name),
          h(
            'span',
            { class: 'timeline-time num' },
            until === undefined
              ? `${duration(now - at)} so far`
              : isMoment
                ? `at ${duration(at - call.startedAt)}`
                : duration(until - at),
          ),
          svg(
            'svg',
            { class: 'timeline-bar', viewBox: `0 0 ${WIDTH} 12`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
            svg('rect', { width: WIDTH, height: 12, class: 'piece-track' }),
            ...pieces.map(({ from, to, style }) =>
              svg('rect', {
                x: Math.min(x(from), WIDTH - 4),
                width: Math.max(4, x(to) - x(from)),
                height: 12,
                class: `piece-${style}`,
              }),
            ),
          ),
        ),
      ),
    ),
  );
}
