import { describeScope } from '@holdline/monitor';
import type { DashboardLine, TokenView } from '../../state/types.js';
import { h, showCell, type Cell } from '../dom.js';
import { count, duration, percent, plural, windowName } from '../format.js';
import { linkTo, linkToCalls } from '../router.js';
import { Gauge } from './gauge.js';

/** One number of the first row, with its explanation. */
class Tile {
  readonly value = h('p', { class: 'tile-value num' });
  readonly note = h('p', { class: 'tile-note' });
  readonly element: HTMLElement;

  constructor(id: string, title: string, ...more: Node[]) {
    this.element = h(
      'div',
      { class: 'tile', id },
      h('h2', { class: 'tile-title' }, title),
      this.value,
      ...more,
      this.note,
    );
  }

  show(value: Cell, note: Cell): void {
    showCell(this.value, value);
    showCell(this.note, note);
  }
}

/** The first row: is everything well, at one glance? */
export class Glance {
  readonly #gauge = new Gauge();
  readonly #requests = new Tile('tile-requests', 'Requests per minute', this.#gauge.element);
  readonly #success = new Tile('tile-success', 'Success');
  readonly #times = new Tile('tile-times', 'Time of a call');
  readonly #waiting = new Tile('tile-waiting', 'Waiting');
  readonly #token = new Tile('tile-token', 'Access token');
  readonly #alerts = new Tile('tile-alerts', 'Alerts');
  readonly #quantiles = ['p50', 'p95', 'p99'].map((name) => {
    const value = h('dd', { class: 'num' });
    return {
      name,
      value,
      pair: h('div', { title: 'In the last minute, with waits and retries' }, h('dt', {}, name), value),
    };
  });
  readonly element: HTMLElement;

  constructor() {
    this.#times.note.remove();
    this.#times.value.replaceWith(h('dl', { class: 'quantiles' }, ...this.#quantiles.map(({ pair }) => pair)));
    this.element = h(
      'section',
      { class: 'glance', 'aria-label': 'At a glance' },
      ...[this.#requests, this.#success, this.#times, this.#waiting, this.#token, this.#alerts].map(
        ({ element }) => element,
      ),
    );
  }

  update(line: DashboardLine, now: number): void {
    this.#showRequests(line);
    this.#showTimes(line);
    const { glance } = line;
    const { successRate, calls } = glance;
    const failed = successRate === undefined ? 0 : Math.round(calls * (1 - successRate));
    this.#success.show(
      { text: percent(successRate), class: successRate !== undefined && successRate < 0.9 ? 'bad' : undefined },
      failed > 0
        ? { text: `${count(failed)} of ${plural(calls, 'call')} failed`, href: linkToCalls({ outcome: 'failed' }) }
        : {
            text: calls === 0 ? 'no call in the last minute' : `${plural(calls, 'call')} in the last minute`,
            href: linkTo('calls'),
          },
    );
    this.#waiting.show(
      {
        text: count(glance.queued),
        href: linkToCalls({ outcome: 'active' }),
        class: glance.queued > 0 ? 'warn' : undefined,
      },
      {
        text: `${count(glance.inFlight)} on the wire, ${plural(glance.active, 'call')} active`,
        href: linkToCalls({ outcome: 'active' }),
      },
    );
    this.#showToken(line.tokens, now);
    this.#showAlerts(line);
  }

  #showRequests({ glance }: DashboardLine): void {
    const { requests, refusals, tightest } = glance;
    const use = tightest ? tightest.used / tightest.limit : 0;
    this.#gauge.element.classList.toggle('unknown', !tightest);
    this.#gauge.update(use);
    const refused = refusals > 0 ? `, ${count(refusals)} refused` : '';
    this.#requests.show(
      { text: count(requests), href: linkTo('calls') },
      tightest
        ? {
            text: `${count(tightest.used)} of ${count(tightest.limit)} per ${windowName(tightest.windowMs)} used${refused}`,
            title: describeScope(tightest.scope),
            href: linkToCalls({ scope: tightest.scope }),
          }
        : { text: `no limit known${refused}`, href: refusals > 0 ? linkToCalls({ status: 429 }) : undefined },
    );
  }

  #showTimes({ glance }: DashboardLine): void {
    for (const { name, value } of this.#quantiles) {
      const text = duration(glance[name as 'p50']);
      showCell(value, { text, href: linkTo('calls', { order: 'slowest' }) });
    }
  }

  #showToken(tokens: readonly TokenView[], now: number): void {
    const [first] = tokens;
    if (!first) return this.#token.show({ text: 'none' }, { text: 'this line manages no token' });
    const bad = tokens.filter(({ state, setAside }) => state !== 'valid' || setAside);
    const refreshing = tokens.some((token) => token.refreshing);
    const state =
      bad.length === 0 ? 'valid' : tokens.length > 1 ? `${bad.length} of ${tokens.length} bad` : first.state;
    const next = tokens.map(({ renewsAt, expiresAt }) => renewsAt ?? expiresAt).filter((at) => at !== undefined);
    const at = next.length > 0 ? Math.min(...next) : undefined;
    const verb = first.renewsAt === undefined ? 'expires' : 'renewed';
    const note = refreshing
      ? 'being renewed'
      : at === undefined
        ? 'does not expire'
        : `${verb} in ${duration(Math.max(0, at - now))}`;
    this.#token.show({ text: state, class: bad.length > 0 ? 'bad' : undefined, href: '#tokens' }, { text: note });
  }

  #showAlerts({ glance }: DashboardLine): void {
    const { critical, warning, info } = glance.alerts;
    const parts = [
      critical > 0 && `${critical} critical`,
      warning > 0 && plural(warning, 'warning'),
      info > 0 && `${info} info`,
    ];
    const text = parts.filter(Boolean).join(', ');
    const { gates, openBreakers } = glance;
    const notes = [
      gates > 0 && `${plural(gates, 'gate')} closed`,
      openBreakers > 0 && `${plural(openBreakers, 'breaker')} open`,
    ];
    this.#alerts.show(
      {
        text: critical + warning + info === 0 ? 'none' : count(critical + warning + info),
        href: linkTo('alerts'),
        class: critical > 0 ? 'bad' : warning > 0 ? 'warn' : undefined,
      },
      { text: text || notes.filter(Boolean).join(', ') || 'gates open, breakers closed', href: linkTo('alerts') },
    );
  }
}
