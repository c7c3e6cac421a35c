import type { StateDelta } from '../state/delta.js';
import type { DashboardLine, DashboardState } from '../state/types.js';

/** `signed out`: the server wants the token again. */
export type Connection = 'loading' | 'live' | 'reconnecting' | 'signed out';

/** Without a message for so long, the stream counts as broken, ms. The server sends one every 5 s. */
const SILENCE_MS = 13_000;
const RETRY_MS = 2_000;

/** The state of the lines, and the stream that keeps it up to date. */
export class Store {
  state: DashboardState | undefined;
  connection: Connection = 'loading';
  /** When the last message came, ms of the browser's monotonic clock. */
  heardAt = performance.now();
  /** What to add to the clock of the browser to get the clock of the process, ms. */
  #skew = 0;
  #source: EventSource | undefined;

  /** @param onChange - Called after each change of the state or the connection. */
  constructor(private readonly onChange: () => void) {}

  /** Wall ms of the process. */
  now(): number {
    return Date.now() + this.#skew;
  }

  start(): void {
    this.#connect();
    setInterval(() => {
      if (this.connection === 'signed out' || performance.now() - this.heardAt < SILENCE_MS) return;
      this.#lose();
      if (this.#source?.readyState !== EventSource.CONNECTING) this.#connect();
    }, RETRY_MS);
  }

  #connect(): void {
    this.#source?.close();
    const source = new EventSource('api/stream');
    this.#source = source;
    source.addEventListener('state', (event) => {
      const state = JSON.parse((event as MessageEvent<string>).data) as DashboardState;
      this.#hear(state.at);
      this.state = state;
      this.onChange();
    });
    source.addEventListener('delta', (event) => {
      const delta = JSON.parse((event as MessageEvent<string>).data) as StateDelta;
      this.#hear(delta.at);
      if (this.state) this.state = applyDelta(this.state, delta);
      this.onChange();
    });
    source.addEventListener('alive', () => {
      this.#hear(undefined);
      this.onChange();
    });
    source.onerror = () => {
      this.#lose();
      // A browser does not try again after an answer that is no stream.
      if (source.readyState === EventSource.CLOSED) void this.#findReason();
    };
  }

  #hear(at: number | undefined): void {
    if (at) this.#skew = at - Date.now();
    this.heardAt = performance.now();
    this.connection = 'live';
  }

  #lose(): void {
    if (this.connection === 'live') this.connection = 'reconnecting';
    this.onChange();
  }

  async #findReason(): Promise<void> {
    const status = await fetch('api/state', { method: 'HEAD' }).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 401) {
      this.connection = 'signed out';
      this.onChange();
    } else setTimeout(() => this.#connect(), RETRY_MS);
  }
}

/** Returns the state after a change. Sections that did not change are the same objects. */
export function applyDelta(state: DashboardState, { at, order, lines, notices }: StateDelta): DashboardState {
  const before = new Map(state.lines.map((line) => [line.id, line]));
  const changes = new Map(lines.map((line) => [line.id, line]));
  return {
    at,
    lines: order.map((id) => ({ ...before.get(id), ...changes.get(id), id }) as DashboardLine),
    notices: notices ?? state.notices,
  };
}
