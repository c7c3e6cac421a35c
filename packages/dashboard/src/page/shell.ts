import type { DashboardLine } from '../state/types.js';
import { fill, h, setAttribute, setText, svg } from './dom.js';
import { clockTime, duration, rest } from './format.js';
import { linkTo, type ViewName } from './router.js';
import type { Store } from './store.js';

const NAV: { view: ViewName; path: string; name: string }[] = [
  { view: 'overview', path: '', name: 'Overview' },
  { view: 'calls', path: 'calls', name: 'Calls' },
  { view: 'scopes', path: 'scopes', name: 'Scopes' },
  { view: 'alerts', path: 'alerts', name: 'Alerts' },
];
const THEME_KEY = 'holdline-theme';
/** Time between two announcements for screen readers, ms. */
const ANNOUNCE_MS = 5_000;

const logo = (): SVGElement =>
  svg(
    'svg',
    { viewBox: '0 0 32 32', width: 20, height: 20, 'aria-hidden': 'true' },
    svg('rect', { width: 32, height: 32, rx: 7, class: 'logo-ground' }),
    svg('path', { d: 'M3 16h11M18 16h11', class: 'logo-line' }),
    svg('path', { d: 'M14 7v18M18 7v18', class: 'logo-gate' }),
  );

/** The frame of the page: head with navigation, state of the connection, notices, and the place of the view. */
export class Shell {
  readonly main = h('main', { id: 'main', tabindex: -1 });
  readonly #links = NAV.map(({ name }) => h('a', {}, name));
  readonly #lines = h('select', {
    id: 'line',
    'aria-label': 'Line',
    onchange: () => this.onLine(Number(this.#lines.value)),
  });
  readonly #status = h('span', { class: 'status', id: 'status' });
  readonly #theme = h('button', { type: 'button', class: 'theme', onclick: () => this.#switchTheme() });
  readonly #banner = h('div', { class: 'banner', hidden: true });
  readonly #live = h('div', { class: 'hidden', role: 'status', 'aria-live': 'polite', id: 'announcer' });
  #linesKey = '';
  #announcedAt = -Infinity;
  #facts: string | undefined;

  /**
   * @param onLine - Called when the reader chooses another line.
   * @param onTheme - Called after the colours changed.
   */
  constructor(
    private readonly onLine: (id: number) => void,
    private readonly onTheme: () => void,
  ) {
    this.#lines.hidden = true;
    document.body.prepend(
      h('a', { class: 'skip', href: '#main', onclick: (event) => this.#skip(event) }, 'Skip to the content'),
      h(
        'header',
        { class: 'head' },
        h('a', { class: 'brand', href: '#/' }, logo(), 'Holdline'),
        this.#lines,
        h('nav', { 'aria-label': 'Views' }, ...this.#links),
        h('span', { class: 'spacer' }),
        this.#status,
        this.#theme,
      ),
      this.#banner,
      this.main,
      this.#live,
    );
    this.#applyTheme(readTheme());
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#applyTheme(readTheme()));
  }

  /** Marks the view in the navigation. */
  showView(view: ViewName): void {
    NAV.forEach((nav, i) => {
      const link = this.#links[i] as HTMLAnchorElement;
      link.href = linkTo(nav.path);
      const isCurrent = nav.view === view || (view === 'call' && nav.view === 'calls');
      setAttribute(link, 'aria-current', isCurrent ? 'page' : undefined);
    });
  }

  update(store: Store, line: DashboardLine | undefined): void {
    this.#showLines(store, line);
    this.#showStatus(store);
    this.#showBanner(store, line);
    if (line) this.#announce(store, line);
  }

  #showLines({ state }: Store, line: DashboardLine | undefined): void {
    const lines = state?.lines ?? [];
    const key = lines.map(({ id, name, closedAt }) => `${id} ${name} ${closedAt !== undefined}`).join('\n');
    if (key !== this.#linesKey) {
      this.#linesKey = key;
      fill(
        this.#lines,
        ...lines.map(({ id, name, closedAt }) =>
          h('option', { value: id }, closedAt === undefined ? name : `${name} (closed)`),
        ),
      );
      this.#lines.hidden = lines.length < 2;
    }
    if (line) this.#lines.value = String(line.id);
  }

  #showStatus({ connection, heardAt }: Store): void {
    const age = duration(Math.round((performance.now() - heardAt) / 1000) * 1000).replace('.0', '');
    const text = {
      loading: 'Connecting…',
      live: 'Live',
      reconnecting: `Reconnecting, last data ${age} old`,
      'signed out': 'Signed out',
    }[connection];
    setText(this.#status, text);
    setAttribute(this.#status, 'data-state', connection);
  }

  #showBanner({ connection, state }: Store, line: DashboardLine | undefined): void {
    const texts = [...(state?.notices ?? [])];
    if (connection === 'signed out') texts.unshift('The process wants the token again. Reload the page to sign in.');
    else if (connection === 'reconnecting')
      texts.unshift('The process does not answer. The page shows its last state.');
    if (line?.closedAt !== undefined)
      texts.unshift(`This line was closed at ${clockTime(line.closedAt)}. The page shows its last state.`);
    const text = texts.join(' ');
    this.#banner.hidden = text === '';
    setText(this.#banner, text);
  }

  /** Says what changed, at most every few seconds, and nothing at the start. */
  #announce({ connection }: Store, line: DashboardLine): void {
    const { alerts, gates, openBreakers } = line.glance;
    const connected = connection === 'live' ? '' : 'Connection lost. ';
    const facts = `${connected}Critical alerts: ${alerts.critical}. Warnings: ${alerts.warning}. Closed gates: ${gates}. Open breakers: ${openBreakers}.`;
    this.#facts ??= facts;
    if (facts === this.#facts || performance.now() - this.#announcedAt < ANNOUNCE_MS) return;
    this.#facts = facts;
    this.#announcedAt = performance.now();
    setText(this.#live, facts);
  }

  /** The address of the view stays: a link to `#main` would change it. */
  #skip(event: Event): void {
    event.preventDefault();
    this.main.focus();
  }

  #switchTheme(): void {
    const next = isDark(readTheme()) ? 'light' : 'dark';
    writeTheme(next);
    this.#applyTheme(next);
  }

  #applyTheme(theme: string): void {
    const dark = isDark(theme);
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
    setText(this.#theme, dark ? 'Light' : 'Dark');
    setAttribute(this.#theme, 'aria-label', `Switch to ${dark ? 'light' : 'dark'} colours`);
    this.onTheme();
  }
}

const isDark = (theme: string): boolean =>
  theme === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';

/** A browser may forbid the storage. Then the page follows the system. */
function readTheme(): string {
  try {
    return localStorage.getItem(THEME_KEY) ?? 'auto';
  } catch {
    return 'auto';
  }
}

function writeTheme(theme: string): void {
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    // The choice holds until the page is loaded again.
  }
}

/** Moves all countdowns on the page. */
export function moveCountdowns(now: number): void {
  for (const element of document.querySelectorAll<HTMLElement>('[data-until]'))
    setText(element, rest(Number(element.dataset['until']) - now));
}
