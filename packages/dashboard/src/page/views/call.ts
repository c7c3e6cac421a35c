import { describeScope, describeTrace } from '@holdline/monitor';
import type { CallAnswer, DashboardLine } from '../../state/types.js';
import { readApi } from '../api.js';
import { fill, h, setText, type Child } from '../dom.js';
import { clockTime, count, duration, NONE, timeElement } from '../format.js';
import { linkToCalls, type Route } from '../router.js';
import { timeline } from './timeline.js';

const REFRESH_MS = 1_000;

/** The timeline of one call, as bars and in sentences. */
export class CallView {
  readonly title = 'Call';
  readonly #heading = h('h1', {}, 'Call');
  readonly #content = h('div', { class: 'call-content' });
  readonly element = h('div', { class: 'view' }, this.#heading, this.#content);
  #callId = '';
  #askedAt = 0;
  #isAsking = false;
  #hasEnded = false;

  open({ callId }: Route): void {
    this.#callId = callId;
    this.#hasEnded = false;
    this.#askedAt = 0;
    setText(this.#heading, `Call ${callId}`);
    fill(this.#content, h('p', { class: 'empty' }, 'Loading…'));
  }

  update(line: DashboardLine, now: number): void {
    if (this.#hasEnded || this.#isAsking || performance.now() - this.#askedAt < REFRESH_MS) return;
    void this.#load(line.id, now);
  }

  async #load(line: number, now: number): Promise<void> {
    this.#isAsking = true;
    const callId = this.#callId;
    const answer = await readApi<CallAnswer>(`calls/${callId}`, new URLSearchParams({ line: String(line) }));
    this.#isAsking = false;
    this.#askedAt = performance.now();
    if (callId !== this.#callId) return;
    if (answer) this.#show(answer, now);
    else
      fill(
        this.#content,
        h('p', { class: 'empty' }, 'This call is not kept. The process keeps its newest calls only.'),
      );
  }

  #show({ call, at }: CallAnswer, now: number): void {
    this.#hasEnded = call.outcome !== undefined;
    setText(this.#heading, call.route);
    const scopes = new Set(
      call.steps.flatMap((step) =>
        step.kind === 'queued' ? [...step.scopes, ...step.gates.map(({ scope }) => scope)] : [],
      ),
    );
    const result = call.outcome === undefined ? 'active' : (call.error ?? call.status ?? call.outcome);
    const style = call.outcome === undefined ? 'state warn' : call.outcome === 'ok' ? 'state fine' : 'state bad';
    fill(
      this.#content,
      h(
        'dl',
        { class: 'facts panel' },
        fact('Result', h('span', { class: style }, String(result))),
        fact('Began', timeElement(call.startedAt)),
        fact(
          'Time',
          call.durationMs === undefined
            ? `${duration(Math.max(0, at - call.startedAt))} so far`
            : duration(call.durationMs),
        ),
        fact('Waited', duration(call.waitedMs)),
        fact('Attempts', count(call.attempts)),
        fact('Priority', h('a', { href: linkToCalls({ priority: call.priority }) }, call.priority)),
        fact(
          'Tenant',
          call.tenant === undefined ? NONE : h('a', { href: linkToCalls({ tenant: call.tenant }) }, call.tenant),
        ),
        fact('Origin', call.origin, 'long'),
      ),
      h(
        'section',
        { class: 'panel' },
        h('header', { class: 'panel-head' }, h('h2', {}, 'Timeline')),
        timeline(call, Math.max(now, at)),
      ),
      h(
        'section',
        { class: 'panel' },
        h('header', { class: 'panel-head' }, h('h2', {}, 'In words')),
        h('ol', { class: 'sentences' }, ...sentences(call).map((sentence) => h('li', {}, sentence))),
      ),
      h(
        'p',
        { class: 'panel-note' },
        'Other calls: ',
        h('a', { href: linkToCalls({ route: call.route }) }, 'of this route'),
        ...[...scopes].flatMap((scope): Child[] => [
          ', ',
          h('a', { href: linkToCalls({ scope }) }, `that waited for ${describeScope(scope)}`),
        ]),
      ),
    );
  }
}

/** The sentences with times in the zone of the reader. They start with capitals here. */
const sentences = (call: CallAnswer['call']): string[] =>
  describeTrace(call, { time: clockTime }).map(
    (sentence) => `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`,
  );

function fact(name: string, value: Child, style?: string): HTMLElement {
  return h('div', { class: style }, h('dt', {}, name), h('dd', { class: 'num' }, value));
}
