import { setAttribute, svg } from '../dom.js';

/** From this part of a limit on, a gauge warns. The alert rules have the same number. */
const WARN_AT = 0.8;

/** Returns the style class of a part of a limit. */
export const levelOf = (use: number): 'full' | 'high' | 'fine' =>
  use >= 1 ? 'full' : use >= WARN_AT ? 'high' : 'fine';

/** A horizontal gauge. The text beside it has the numbers. */
export class Gauge {
  readonly element: SVGElement;
  readonly #bar: SVGElement;

  constructor() {
    this.#bar = svg('rect', { width: 0, height: 8, rx: 2, class: 'gauge-bar' });
    this.element = svg(
      'svg',
      { class: 'gauge', viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      svg('rect', { width: 100, height: 8, rx: 2, class: 'gauge-track' }),
      this.#bar,
      svg('line', { x1: WARN_AT * 100, x2: WARN_AT * 100, y1: 0, y2: 8, class: 'gauge-mark' }),
    );
  }

  update(use: number): void {
    setAttribute(this.#bar, 'width', `${Math.round(Math.min(1, Math.max(0, use)) * 1000) / 10}`);
    setAttribute(this.#bar, 'class', `gauge-bar ${levelOf(use)}`);
  }
}
