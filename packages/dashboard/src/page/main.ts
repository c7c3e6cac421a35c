import type { DashboardLine } from '../state/types.js';
import { fill, h } from './dom.js';
import { readRoute, setCurrentLine, type Route, type ViewName } from './router.js';
import { moveCountdowns, Shell } from './shell.js';
import { Store } from './store.js';
import { Alerts } from './views/alerts.js';
import { CallView } from './views/call.js';
import { Calls } from './views/calls.js';
import { Overview } from './views/overview.js';
import { Scopes } from './views/scopes.js';

interface View {
  readonly title: string;
  readonly element: HTMLElement;
  open?(route: Route): void;
  update(line: DashboardLine, now: number): void;
}

/** Countdowns move five times per second, or once where the reader wants less motion. */
const COUNTDOWN_MS = matchMedia('(prefers-reduced-motion: reduce)').matches ? 1_000 : 200;

const overview = new Overview();
const views: Record<ViewName, View> = {
  overview,
  calls: new Calls(),
  call: new CallView(),
  scopes: new Scopes(),
  alerts: new Alerts(),
};
const empty = h('p', { class: 'empty-page' });

let route = readRoute(location.hash);
let isWaiting = false;
let mounted: Element | undefined;

const store = new Store(requestUpdate);
const shell = new Shell(
  (line) => {
    const query = new URLSearchParams(route.query);
    query.set('line', String(line));
    location.hash = `#/${route.view === 'overview' || route.view === 'call' ? '' : route.view}?${query.toString()}`;
  },
  () => overview.redraw(),
);

/** All changes until the next frame are drawn once. */
function requestUpdate(): void {
  if (isWaiting) return;
  isWaiting = true;
  // Hidden pages have no frames.
  if (document.hidden) setTimeout(update, 1_000);
  else requestAnimationFrame(update);
}

function currentLine(): DashboardLine | undefined {
  const lines = store.state?.lines ?? [];
  const id = Number(route.query.get('line'));
  return lines.find((line) => line.id === id) ?? lines[0];
}

function update(): void {
  isWaiting = false;
  const line = currentLine();
  setCurrentLine((store.state?.lines.length ?? 0) > 1 ? line?.id : undefined);
  shell.update(store, line);
  const view = views[route.view];
  if (!line) {
    empty.textContent = store.state
      ? 'This process has made no line yet. The page shows it as soon as there is one.'
      : 'Loading the state…';
    mount(empty);
    return;
  }
  mount(view.element);
  view.update(line, store.now());
  moveCountdowns(store.now());
}

function mount(element: Element): void {
  if (mounted === element) return;
  mounted = element;
  fill(shell.main, element);
}

function open(): void {
  // An address without a slash names a part of the view.
  if (location.hash !== '' && !location.hash.startsWith('#/')) return;
  const isSame = readRoute(location.hash).view === route.view && mounted !== undefined;
  route = readRoute(location.hash);
  if (route.view !== 'overview') overview.hide();
  const view = views[route.view];
  view.open?.(route);
  update();
  shell.showView(route.view);
  document.title = `${view.title} · Holdline`;
  if (isSame || store.state === undefined) return;
  scrollTo(0, 0);
  // Screen readers continue at the new view.
  shell.main.focus({ preventScroll: true });
}

addEventListener('hashchange', open);
open();
store.start();
setInterval(() => moveCountdowns(store.now()), COUNTDOWN_MS);
// The age of the last data grows without a message.
setInterval(requestUpdate, 1_000);
