import { h, type Child } from '../dom.js';

/** A part of the page with a heading. */
export function panel(id: string, title: string, ...content: Child[]): HTMLElement {
  const head = `${id}-title`;
  return h(
    'section',
    { class: 'panel', id, 'aria-labelledby': head },
    h('header', { class: 'panel-head' }, h('h2', { id: head }, title)),
    ...content,
  );
}

/** Adds something to the right side of the heading of a panel. */
export function addToHead(element: HTMLElement, ...children: Child[]): void {
  element.querySelector('header')?.append(...(children.filter(Boolean) as (Node | string)[]));
}
