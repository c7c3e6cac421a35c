/** Properties of an element: attributes, and `on…` listeners. An undefined or false attribute is left out. */
export type Props = Record<string, string | number | boolean | undefined | ((event: Event) => void)>;
export type Child = Node | string | number | false | undefined;

const SVG = 'http://www.w3.org/2000/svg';

function setProps(element: Element, props: Props): void {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

function addChildren(element: Element, children: readonly Child[]): void {
  for (const child of children) if (child !== undefined && child !== false) element.append(child as Node | string);
}

/** Makes an HTML element. Text is never read as HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setProps(element, props);
  addChildren(element, children);
  return element;
}

/** Makes an SVG element. */
export function svg(tag: string, props: Props = {}, ...children: Child[]): SVGElement {
  const element = document.createElementNS(SVG, tag);
  setProps(element, props);
  addChildren(element, children);
  return element;
}

/** Sets an attribute if it differs. Undefined removes it. */
export function setAttribute(element: Element, name: string, value: string | undefined): void {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Sets the text of an element if it differs. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Replaces the children of an element. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  addChildren(element, children);
}

/** A text, possibly with a link, a style class, a hint on hover, or a moment that a countdown runs to. */
export interface Cell {
  text: string;
  href?: string | undefined;
  class?: string | undefined;
  title?: string | undefined;
  /** Wall ms of the process. The text is the word before the countdown. */
  until?: number | undefined;
}

const CELL = Symbol('cell');
type CellHost = Element & { [CELL]?: string };

/** Shows a cell in an element. Nothing is touched if it did not change. */
export function showCell(host: Element, cell: Cell): void {
  const key = `${cell.text}\0${cell.href}\0${cell.class}\0${cell.title}\0${cell.until}`;
  if ((host as CellHost)[CELL] === key) return;
  (host as CellHost)[CELL] = key;
  const { text, href, title, until } = cell;
  const old = host.firstElementChild;
  // A link keeps its element, so that it keeps the focus.
  if (old && href !== undefined && old.tagName === 'A' && host.childNodes.length === 1 && until === undefined) {
    old.textContent = text;
    setAttribute(old, 'href', href);
    setAttribute(old, 'title', title);
    setAttribute(old, 'class', cell.class);
    return;
  }
  if (href === undefined && title === undefined && cell.class === undefined && until === undefined) {
    host.textContent = text;
    return;
  }
  const inner = h(href === undefined ? 'span' : 'a', { href, title, class: cell.class }, text);
  if (until !== undefined) inner.append(h('span', { 'data-until': until, class: 'num' }));
  fill(host, inner);
}
