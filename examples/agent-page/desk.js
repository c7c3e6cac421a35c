// The agent desk: one page with two sides, the bare SDK and the guarded SDK. Both sides do the same work.
import './style.css';

const ROUNDS = 20;
const ROUND_MS = 600;
const CHANGES_EVERY = 2;
const ENTRIES = 6;

/** Creates an element with a class and children. */
function createElement(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

const replaceContent = (element, ...children) => element.replaceChildren(...children);
const createCard = (title, ...children) =>
  createElement('section', 'card', createElement('h3', '', title), ...children);
const formatSeconds = (ms) => `${(ms / 1_000).toFixed(1)} s`;

/** Describes an error by its status, code and message. */
function describeError(error) {
  if (error === undefined) return 'undefined: the SDK rejected without a reason';
  const { status, code, errorType, name, message, data } = error ?? {};
  const text = [status ?? data?.status, code ?? errorType ?? name, message]
    .filter((part) => part !== undefined)
    .join(' · ');
  return text.slice(0, 120) || String(error);
}

/** One side of the desk: the agent's view and the results of the calls. */
class Side {
  asked = 0;
  answered = 0;
  failed = 0;
  slowestMs = 0;
  #numbers = {};
  #rows = new Map();
  #entries = [];
  #presence = createElement('span', 'pill', '–');
  #changed = createElement('span', 'quiet', 'no change yet');
  #table = createElement('tbody', '');
  #log = createElement('ol', 'log');

  constructor(agent, list, panel, logTitle) {
    this.agent = agent;
    const scores = createElement('div', 'scores');
    for (const name of ['asked', 'answered', 'failed', 'slowest']) {
      this.#numbers[name] = createElement('strong', '', '0');
      scores.append(createElement('div', `score ${name}`, this.#numbers[name], createElement('span', '', name)));
    }
    this.#numbers.slowest.textContent = '–';
    const head = createElement(
      'tr',
      '',
      createElement('th', '', list.item),
      createElement('th', 'number', list.value),
      createElement('th', 'number', 'Updated'),
    );
    this.root = createElement(
      'article',
      `side ${agent.guarded ? 'guarded' : 'bare'}`,
      createElement('header', '', createElement('h2', '', agent.title), createElement('code', '', agent.code)),
      scores,
      createCard('Presence', createElement('p', 'presence', this.#presence, this.#changed)),
      createCard(list.title, createElement('table', '', createElement('thead', '', head), this.#table)),
      ...(panel ? [panel.root] : []),
      createCard(logTitle, this.#log),
    );
    this.addNote('quiet', 'Nothing yet.');
  }

  /** Makes one call and counts its result. The side shows a failure; this method does not reject. */
  async call(make) {
    this.asked++;
    const started = performance.now();
    try {
      const value = await make();
      this.answered++;
      return { value, tookMs: performance.now() - started };
    } catch (error) {
      this.failed++;
      this.addNote('bad', describeError(error));
      await this.agent.failed?.(error);
      return { error };
    } finally {
      this.slowestMs = Math.max(this.slowestMs, performance.now() - started);
      this.#showCounts();
    }
  }

  async setPresence(presence) {
    this.#changed.className = 'quiet';
    this.#changed.textContent = 'changing …';
    const { error, tookMs } = await this.call(() => this.agent.setPresence(presence));
    this.#changed.className = error ? 'bad' : 'quiet';
    this.#changed.textContent = error
      ? `unchanged: “${presence.name}” was refused`
      : `changed in ${formatSeconds(tookMs)}`;
    if (error) return;
    this.#presence.textContent = presence.name;
    this.#presence.dataset.presence = presence.name;
  }

  addItem({ id, name }) {
    const cells = {
      dot: createElement('i', 'dot'),
      value: createElement('td', 'number', '–'),
      updated: createElement('td', 'number quiet', '–'),
    };
    this.#rows.set(id, { ...cells, at: undefined });
    this.#table.append(createElement('tr', '', createElement('td', '', cells.dot, name), cells.value, cells.updated));
  }

  async refresh(item) {
    const { value, error } = await this.call(() => this.agent.read(item));
    const row = this.#rows.get(item.id);
    row.dot.className = `dot ${error ? 'lost' : 'fresh'}`;
    if (error) return;
    row.value.textContent = value;
    row.at = performance.now();
  }

  /** Updates the age of the displayed values. */
  update() {
    for (const { at, updated } of this.#rows.values()) {
      if (at !== undefined) updated.textContent = `${formatSeconds(performance.now() - at)} ago`;
    }
    this.#showCounts();
  }

  addNote(kind, text) {
    if (kind !== 'quiet') this.#entries = [{ kind, text }, ...this.#entries].slice(0, ENTRIES);
    const shown = kind === 'quiet' && this.#entries.length === 0 ? [{ kind, text }] : this.#entries;
    replaceContent(this.#log, ...shown.map((entry) => createElement('li', entry.kind, entry.text)));
  }

  summarize() {
    const { asked, answered, failed } = this;
    return { asked, answered, failed, slowest: formatSeconds(this.slowestMs) };
  }

  #showCounts() {
    for (const name of ['asked', 'answered', 'failed']) this.#numbers[name].textContent = this[name];
    this.#numbers.slowest.textContent = this.slowestMs === 0 ? '–' : formatSeconds(this.slowestMs);
    this.root.classList.toggle('loses', this.failed > 0);
  }
}

/** Shows the current state of a line, from its `snapshot()`. */
class LinePanel {
  #quotas = createElement('div', 'quotas');
  #facts = createElement('dl', 'facts');
  #attempts = new Map();
  root = createCard('The line, from snapshot()', this.#quotas, this.#facts);

  constructor(line) {
    this.line = line;
    line.on('attempt', ({ status, outcome }) => {
      const name = String(status ?? outcome);
      this.#attempts.set(name, (this.#attempts.get(name) ?? 0) + 1);
    });
  }

  update() {
    const { scopes, queues, queued, inFlight, breakers, token } = this.line.snapshot();
    const quotas = scopes.flatMap(({ scope, gate, retryAt, quotas, learned }) =>
      [...quotas, ...(learned ? [learned] : [])].map((quota) => ({
        scope,
        gate,
        retryAt,
        learned: quota === learned,
        ...quota,
      })),
    );
    replaceContent(this.#quotas, ...quotas.map((quota) => this.#createBar(quota)));
    const waiting = ['high', 'normal', 'low', 'background'].map((priority) => [
      priority,
      queues.reduce((sum, queue) => sum + queue.waiting[priority], 0),
    ]);
    const closed = scopes.filter(({ gate }) => gate !== 'open').length;
    const tripped = breakers.filter(({ state }) => state !== 'closed').length;
    const attempts = [...this.#attempts]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, n]) => `${n}\u00a0×\u00a0${name}`);
    const facts = {
      Waiting:
        queued === 0
          ? 'none'
          : waiting
              .filter(([, n]) => n > 0)
              .map(([name, n]) => `${n} ${name}`)
              .join(', '),
      'On the wire': inFlight,
      Gates: closed === 0 ? 'open' : `${closed} closed`,
      Circuits: tripped === 0 ? `${breakers.length} closed` : `${tripped} of ${breakers.length} open`,
      Attempts: attempts.join(', ') || 'none',
      Token: token ? `epoch ${token.epoch}, ${token.refreshing ? 'refreshing' : token.state}` : 'set by the client',
    };
    replaceContent(
      this.#facts,
      ...Object.entries(facts).flatMap(([name, value]) => [
        createElement('dt', '', name),
        createElement('dd', '', String(value)),
      ]),
    );
  }

  #createBar({ scope, name, limit, windowMs, used, counts, gate, retryAt, learned }) {
    const barFill = createElement('i', '');
    barFill.style.width = `${Math.min(100, (100 * used) / limit)}%`;
    const state =
      gate === 'closed' ? `gate closed, ${formatSeconds(Math.max(0, retryAt - Date.now()))}` : (counts ?? 'sliding');
    const label = createElement('span', 'name', learned ? `learned: ${scope.split(' ').pop()}` : (name ?? scope));
    const text = createElement(
      'span',
      'quiet',
      `${Math.round(used)} of ${Math.round(limit)} per ${windowMs / 1_000} s · ${state}`,
    );
    return createElement(
      'div',
      `quota ${gate}`,
      createElement('div', 'label', label, text),
      createElement('div', 'bar', barFill),
    );
  }
}

const EVENT_TEXTS = {
  gateClosed: ({ scope, forMs }) => `gate closed for ${formatSeconds(forMs)}: ${scope}`,
  gateOpened: ({ scope }) => `gate open: ${scope}`,
  quotaLearned: ({ scope, limit, windowMs }) => `learned ${limit} per ${windowMs / 1_000} s: ${scope}`,
  tokenRefreshed: ({ epoch }) => `token ${epoch} in use`,
  retry: ({ route, reason, afterMs }) =>
    `retry${afterMs < 100 ? '' : ` in ${formatSeconds(afterMs)}`} (${reason}): ${route}`,
};

/**
 * Shows the desk and runs the same work on both sides.
 *
 * @param title Title of the page.
 * @param list Titles of the agents' list and its columns: `{ title, item, value }`.
 * @param agents Two agents: `{ title, code, guarded, line?, me(), presences(), setPresence(presence), items(), read(item), failed?(error) }`
 */
export async function openDesk({ title, list, agents }) {
  const start = createElement('button', 'start', 'Run a busy shift');
  start.disabled = true;
  const progress = createElement(
    'span',
    'quiet',
    'The same calls on both sides: twice as many as the platform allows, some 503s, and a token that is revoked.',
  );
  const choices = createElement('div', 'choices');
  const name = createElement('span', 'quiet', '');
  document.body.append(
    createElement('header', 'top', createElement('div', '', createElement('h1', '', title), name), choices),
    createElement('div', 'shift', start, progress),
  );
  const panels = [];
  const sides = agents.map((agent) => {
    const panel = agent.line && new LinePanel(agent.line);
    if (panel) panels.push(panel);
    const side = new Side(agent, list, panel, agent.guarded ? 'Events of the line' : 'Errors of the SDK');
    for (const [event, text] of Object.entries(EVENT_TEXTS))
      agent.line?.on(event, (details) => side.addNote(event, text(details)));
    return side;
  });
  document.body.append(createElement('main', '', ...sides.map(({ root }) => root)));
  // The initial values are not part of the counted work.
  const [{ agent }] = sides.slice(-1);
  const [me, presences, items] = [await agent.me(), await agent.presences(), await agent.items()];
  name.textContent = me.name;
  for (const side of sides) items.forEach((item) => side.addItem(item));
  for (const presence of presences) {
    const button = createElement('button', '', presence.name);
    button.addEventListener('click', () => sides.forEach((side) => void side.setPresence(presence)));
    choices.append(button);
  }
  const updateAll = () => [...sides, ...panels].forEach((part) => part.update());
  updateAll();
  setInterval(updateAll, 200);

  start.addEventListener('click', async () => {
    start.disabled = true;
    document.body.dataset.shift = 'running';
    const work = [];
    for (let round = 0; round < ROUNDS; round++) {
      progress.textContent = `Round ${round + 1} of ${ROUNDS}`;
      if (round === ROUNDS / 2) await fetch('/action/revoke', { method: 'POST' });
      for (const side of sides) {
        work.push(...items.map((item) => side.refresh(item)));
        if (round % CHANGES_EVERY === 0)
          work.push(side.setPresence(presences[(round / CHANGES_EVERY) % presences.length]));
      }
      await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
    }
    progress.textContent = 'All calls are made; some still wait at the limit.';
    await Promise.all(work);
    updateAll();
    const [bare, guarded] = sides;
    progress.textContent =
      `The bare side lost ${bare.failed} of ${bare.asked} calls, the guarded side ${guarded.failed}. ` +
      `Its background reads waited up to ${guarded.summarize().slowest}; changes of the presence went first.`;
    document.body.dataset.result = JSON.stringify(sides.map((side) => side.summarize()));
    document.body.dataset.shift = 'over';
    start.disabled = false;
  });
  start.disabled = false;
}
