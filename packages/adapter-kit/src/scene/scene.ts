import {
  createHoldline,
  type CallInfo,
  callInfo,
  type EventName,
  type Holdline,
  type HoldlineConfig,
  type HoldlineEvents,
} from '@holdline/core';
import { seededRandom, VirtualClock } from '@holdline/core/testing';
import type { AdapterUnderTest, Connection, ConnectOptions, ContractRequest, ReadResult } from '../contract/types.js';
import { Problem } from '../contract/failure.js';
import { startContractServer, type ContractServer, type ServerAnswer } from '../server/contract-server.js';
import { Caller, makeId, type Running } from './caller.js';
import { CheckedFormat } from './checked-format.js';
import { connectChecked, pause } from './checked-connection.js';
import { kindOf } from './kind.js';
import { PassingTime } from './passing-time.js';
import { limitWait } from './wait-limit.js';

/** A case gives up this long after the adapter could have brought an event about, ms. */
const MAX_HOPE_MS = 2_000;

/** What one case of the contract works with: a server, a virtual clock, lines, and clients of the adapter under test. */
export class Scene {
  readonly clock = new VirtualClock(Date.now());
  readonly #time = new PassingTime(this.clock);
  readonly #lines: Holdline[] = [];
  readonly #connections: Connection<object>[] = [];
  readonly #servers: ContractServer[];
  readonly #format: CheckedFormat;

  private constructor(
    readonly adapter: AdapterUnderTest,
    readonly server: ContractServer,
    /** Largest real time for one event, ms. */
    readonly maxWaitMs: number,
    format: CheckedFormat,
  ) {
    this.#servers = [server];
    this.#format = format;
  }

  static async open(adapter: AdapterUnderTest, maxWaitMs: number): Promise<Scene> {
    const format = new CheckedFormat(adapter.answerFormat);
    return new Scene(adapter, await startContractServer(format.build), maxWaitMs, format);
  }

  /** The mistake in `answerFormat`, which runs where no case can catch its errors. */
  get formatProblem(): Problem | undefined {
    return this.#format.problem;
  }

  /** Starts a second server, which is another origin. */
  async startServer(): Promise<ContractServer> {
    const server = await startContractServer(this.#format.build);
    this.#servers.push(server);
    return server;
  }

  /** Makes a line on the virtual clock. `make` is `createHoldline` of another copy of core. */
  line(config: HoldlineConfig = {}, make: typeof createHoldline = createHoldline): Holdline {
    return this.adopt(make({ clock: this.clock, random: seededRandom(1), ...config }));
  }

  /** Follows and closes a line on the virtual clock that the adapter made. */
  adopt(line: Holdline): Holdline {
    this.#lines.push(line);
    this.#time.follow(line);
    return line;
  }

  /** Connects a client that is not guarded. */
  async connect(options: Partial<ConnectOptions> = {}, server = this.server): Promise<Connection<object>> {
    const connection = await this.connectUnkept(options, server);
    this.#connections.push(connection);
    return connection;
  }

  /** Connects a client that the scene does not close, so that the client can be collected. */
  connectUnkept(options: Partial<ConnectOptions> = {}, server = this.server): Promise<Connection<object>> {
    const all = { maxSockets: undefined, copy: false, authorization: undefined, ...options };
    return connectChecked(this.adapter, server, all, this.maxWaitMs);
  }

  /** Calls the guard function, which must return the guarded client. */
  guard(client: object, configOrLine: HoldlineConfig | Holdline): object {
    let guarded: unknown;
    try {
      guarded = this.adapter.guard(client, configOrLine);
    } catch (error) {
      throw new Problem(`${this.adapter.name}() threw '${String(error)}'.`, { cause: error });
    }
    const isClient = (typeof guarded === 'object' && guarded !== null) || typeof guarded === 'function';
    this.check(
      isClient && !(guarded instanceof Promise),
      `${this.adapter.name}() must return the guarded client, and returned ${guarded instanceof Promise ? 'a promise' : String(guarded)}.`,
    );
    return guarded as object;
  }

  /** Connects a client and guards it. */
  async guarded(configOrLine: HoldlineConfig | Holdline, options?: Partial<ConnectOptions>): Promise<Caller> {
    const connection = await this.connect(options);
    return this.caller(connection, this.guard(connection.client, configOrLine));
  }

  /** Connects a client without a guard, to see what the client does by itself. */
  async native(options?: Partial<ConnectOptions>): Promise<Caller> {
    const connection = await this.connect(options);
    return this.caller(connection, connection.client);
  }

  /** Makes a caller that uses `client`. */
  caller(connection: Connection<object>, client: object): Caller {
    return new Caller(connection, client, this.server.url);
  }

  /** Waits for an event, without moving the virtual clock. */
  async until(holds: () => boolean, what: string): Promise<void> {
    this.check(await this.#wait(holds), this.#missing(what));
  }

  /** Waits for an event. Meanwhile the virtual clock moves whenever all calls of all lines wait for time. */
  async pass(holds: () => boolean, what: string): Promise<void> {
    this.check(await this.#wait(holds, { passMs: Infinity }), this.#missing(what));
  }

  /**
   * Waits until a call ends. Meanwhile the virtual clock moves whenever all calls of all lines wait for time.
   *
   * @param maxMs - Largest virtual time that may pass.
   */
  async end(running: Running, maxMs = MAX_PASS_MS): Promise<Running> {
    const hasEnded = await this.#wait(() => running.isSettled, { passMs: maxMs });
    const { pending } = this.server;
    this.check(hasEnded, `${describe(running.request)} did not end. The server has ${pending} unanswered requests.`);
    return running;
  }

  /** Waits for real time, and lets up to `passMs` of virtual time pass. Returns whether the event happened. */
  async #wait(
    holds: () => boolean,
    { passMs = 0, maxWaitMs = this.maxWaitMs }: { passMs?: number; maxWaitMs?: number } = {},
  ): Promise<boolean> {
    const isOver = limitWait(maxWaitMs);
    const until = this.clock.now() + passMs;
    while (!holds()) {
      if (isOver()) return false;
      if (this.clock.now() < until && this.#time.isWaitedFor) await this.clock.advance(STEP_MS);
      await pause();
    }
    return true;
  }

  #missing(what: string): string {
    return `This did not happen within ${this.maxWaitMs / 1000} s: ${what}.`;
  }

  /** Makes a call and waits until it ends, as `end` does. */
  run(caller: Caller, request?: Partial<ContractRequest>): Promise<Running> {
    return this.end(caller.start(request));
  }

  /** Makes a call that must succeed, and returns its native result. */
  async succeed(caller: Caller, request?: Partial<ContractRequest>): Promise<unknown> {
    const { result, error, isRejected } = await this.run(caller, request);
    if (isRejected) throw new Problem(`A call failed that must succeed: ${String(error)}.`);
    return result;
  }

  /** Reads a native result. */
  async read(caller: Caller, result: unknown): Promise<ReadResult> {
    return caller.connection.read(result);
  }

  /** Collects the events of one name from now on. */
  collect<E extends EventName>(line: Holdline, event: E): HoldlineEvents[E][] {
    const events: HoldlineEvents[E][] = [];
    line.on(event, (payload) => void events.push(payload));
    return events;
  }

  /** Collects the virtual times, in ms, at which an event happens from now on. */
  times(line: Holdline, event: EventName): number[] {
    const times: number[] = [];
    line.on(event, () => void times.push(this.clock.now()));
    return times;
  }

  /** Scripts an answer for a new id, several times, because a client may repeat a request itself. Returns the id. */
  alwaysAnswer(answer: ServerAnswer): string {
    const id = makeId();
    this.server.answer(id, ...Array<ServerAnswer>(10).fill(answer));
    return id;
  }

  /** The kind of result or error that the client without a guard gives for an answer. */
  async nativeKind(answer: ServerAnswer): Promise<string> {
    const native = await this.native();
    return kindOf(native, await this.run(native, { id: this.alwaysAnswer(answer) }));
  }

  /** Lets the client refuse a call, and returns the error. */
  async refusal(caller: Caller): Promise<unknown> {
    const ending = caller.refuse();
    const hasEnded = await this.#wait(() => ending.isSettled, { passMs: MAX_PASS_MS });
    this.check(hasEnded, 'refuse() of the connection did not settle.');
    const { isRejected, error } = ending;
    this.check(isRejected, 'refuse() of the connection must make a call that the client rejects. The call succeeded.');
    return error;
  }

  /** Waits for an event that an adapter may fail to bring about. Returns whether it happened. */
  happens(holds: () => boolean): Promise<boolean> {
    return this.#wait(holds, { maxWaitMs: Math.min(MAX_HOPE_MS, this.maxWaitMs) });
  }

  /** Waits for an event that the adapter must bring about. Fails the case if it does not happen. */
  async mustHappen(holds: () => boolean, problem: string): Promise<void> {
    this.check(await this.happens(holds), problem);
  }

  /** The facts about a call; a problem if the adapter lost them. */
  infoOf({ result, error, isRejected }: Running): CallInfo {
    const info = callInfo(isRejected ? error : result);
    if (!info) throw new Problem(`callInfo() knows nothing about the ${isRejected ? 'error' : 'result'} of a call.`);
    return info;
  }

  /** Fails the case unless `holds`. */
  check(holds: boolean, problem: string): void {
    if (!holds) throw new Problem(problem);
  }

  async close(): Promise<void> {
    for (const server of this.#servers) server.release();
    await Promise.all(this.#lines.map((line) => this.#closeLine(line)));
    const closed = await Promise.allSettled(this.#connections.map(async ({ close }) => close?.()));
    await Promise.all(this.#servers.map((server) => server.close()));
    for (const end of closed) if (end.status === 'rejected') throw end.reason;
  }

  /** The time limit of `close()` is virtual, so the clock has to move while attempts are on the wire. */
  async #closeLine(line: Holdline): Promise<void> {
    let isClosed = false;
    const closing = line.close().finally(() => (isClosed = true));
    while (!isClosed) {
      await this.clock.advance(STEP_MS);
      await pause();
    }
    await closing;
  }
}

/** Virtual time that may pass until a call ends, ms. */
const MAX_PASS_MS = 600_000;

/** Virtual time that passes at once while calls wait, ms. */
const STEP_MS = 100;

function describe({ method, id }: ContractRequest): string {
  return `The ${method} for item ${id}`;
}
