// A process of the soak as its parent sees it: starts, kills, freezes and commands it, and notes what it reports.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processorWait, Silence } from './soak-silence.mjs';

/** Longest time for a command. A command waits for calls, whose deadlines are far shorter. */
const MAX_COMMAND_MS = 90_000;
/** Longest time without a message. A process begins a call every 100 ms. */
const MAX_MUTE_MS = 2_000;
/** Longest time without an answer, also in a phase of faults. Faults of the surroundings and closed gates last about 3 s. */
const MAX_SILENCE_MS = 8_000;

/** One member of the soak, over all its lives. */
export class SoakProcess {
  samples = [];
  /** Gates that closed: time, scope and length. */
  gates = [];
  /** Ends of calls since the last `resetRecovery`. */
  recovery = { since: Infinity, startedAt: new Map(), ends: [] };
  /** Time in which it or the platforms waited for the processor, ms. */
  waitedMs = 0;
  message = new Silence(MAX_MUTE_MS);
  answer = new Silence(MAX_SILENCE_MS);
  /** Whether it runs: it is neither frozen nor restarted now. */
  #isUp = false;
  #wait;
  #transactions = new Set();
  #life;
  #lives = 0;
  #commands = new Map();

  /** @param soak - The account, the list of violations, and what all members have in common. */
  constructor(soak, name, config) {
    Object.assign(this, { soak, name, config });
  }

  async start(again = []) {
    const life = (this.#life = { member: this, isKilled: false, givenUp: 0, settled: 0 });
    const name = `${this.name}-${++this.#lives}`;
    const { soak } = this;
    const config = { ...soak.common, ...this.config, name, seed: this.config.seed + this.#lives, again };
    const child = (this.child = fork(join(import.meta.dirname, 'soak-member.mjs'), [JSON.stringify(config)], {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }));
    this.exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
    await new Promise((resolve) => {
      child.on('message', (message) => (message.what === 'ready' ? resolve() : this.#receive(message, life)));
      child.once('exit', (code) => {
        if (!life.isKilled && code !== 0) soak.broken.push(`${name} ended with ${code}`);
        resolve();
      });
    });
    this.#wait = processorWait(child.pid);
    this.#resume();
  }

  /** A clock that stands still while the process or the platforms wait for the processor, ms. */
  get clock() {
    return performance.now() - this.waitedMs;
  }

  #resume() {
    this.#isUp = true;
    this.message.end(this.clock);
    this.answer.end(this.clock);
  }

  /**
   * Checks that the process runs and that its calls are answered.
   *
   * @param platformsMs - How long the platforms waited for the processor since the last check, ms.
   */
  async check(platformsMs) {
    if (!this.#isUp || !this.child.connected) return;
    this.waitedMs += Math.max(platformsMs, this.#wait());
    const { name, message, answer, clock, soak } = this;
    if (message.check(clock)) soak.broken.push(`${name}: computed or was blocked for ${MAX_MUTE_MS / 1_000} s`);
    if (!answer.check(clock)) return;
    const state = await this.command('look');
    soak.broken.push(`${name}: no call was answered for ${MAX_SILENCE_MS / 1_000} s. The line: ${state}`);
  }

  #receive(message, life) {
    const { account, broken } = this.soak;
    const { what, kind, id } = message;
    const now = performance.now();
    this.message.end(this.clock);
    if (what === 'started') {
      account.start(id, kind, life);
      if (now >= this.recovery.since) this.recovery.startedAt.set(id, now);
    } else if (what === 'ended') {
      account.end(id, message.end);
      if (message.end === 'answer') this.answer.end(this.clock);
      if (this.recovery.startedAt.delete(id)) this.recovery.ends.push({ at: now, end: message.end });
    } else if (what === 'given up') {
      life.givenUp++;
      account.giveUp(id);
    } else if (what === 'letter') {
      if (message.state === 'kept' || message.state === 'lost') life.settled++;
      account.letter(message);
    } else if (what === 'transaction') {
      if (message.isOpen) this.#transactions.add(id);
      else this.#transactions.delete(id);
    } else if (what === 'gate') this.gates.push({ at: now, scope: message.scope, forMs: message.forMs });
    else if (what === 'sample') this.samples.push({ at: now, heap: message.heap, handles: message.handles });
    else if (what === 'unhandled') broken.push(`${this.name}: unhandled rejection: ${message.message}`);
    else if (what === 'done') this.#commands.get(message.n)?.(message.result);
  }

  /** Begins to measure how calls succeed from now on. */
  resetRecovery() {
    this.recovery = { since: performance.now(), clock: this.clock, startedAt: new Map(), ends: [] };
  }

  /**
   * Ends the process without warning. The application starts again, continues its open transactions, and repeats the keyed writes whose
   * end it does not know.
   */
  async kill() {
    const life = this.#life;
    life.isKilled = true;
    this.#isUp = false;
    this.child.kill('SIGKILL');
    await this.exited;
    // Messages that it sent before are still in the pipe.
    if (this.child.connected) await new Promise((resolve) => this.child.once('disconnect', resolve));
    const { account } = this.soak;
    const open = [...account.calls].filter(([, call]) => call.life === life && call.state === 'open');
    const again = [
      ...open.filter(([, { kind }]) => kind === 'keyed').map(([id, { kind }]) => ({ kind, id })),
      ...[...this.#transactions].map((id) => ({ kind: 'transaction', id })),
    ];
    account.kill(life, life.givenUp - life.settled);
    this.#transactions.clear();
    this.samples = [];
    await this.start(again);
    return again.length;
  }

  async freeze(ms) {
    this.#isUp = false;
    this.child.kill('SIGSTOP');
    await sleep(ms);
    this.child.kill('SIGCONT');
    this.#resume();
  }

  /** Sends a command and resolves with its result, or with undefined after a violation. */
  async command(command, options = {}) {
    const n = this.#commands.size + 1;
    const done = new Promise((resolve) => this.#commands.set(n, resolve));
    const timeout = new AbortController();
    this.child.send({ command, n, ...options });
    const result = await Promise.race([
      done,
      this.exited.then(() => 'ended'),
      sleep(MAX_COMMAND_MS, 'timeout', { signal: timeout.signal }).catch(() => undefined),
    ]);
    timeout.abort();
    if (result !== 'ended' && result !== 'timeout') return result;
    this.soak.broken.push(`${this.name}: ${command} did not end: ${result}`);
    return undefined;
  }

  /** Closes the line and the store. Then the process has to end by itself. */
  async close() {
    const report = await this.command('close');
    if (!report) return void this.child.kill('SIGKILL');
    const { broken } = this.soak;
    for (const [what, n] of Object.entries(report.counts))
      if (n > 0) broken.push(`${this.name}: ${n} ${what} at the end`);
    if (report.stalled) broken.push(`${this.name}: ${report.stalled}`);
    const end = await Promise.race([this.exited, sleep(20_000, 'alive', { ref: false })]);
    if (end === 0) return;
    broken.push(`${this.name} ended with ${end}`);
    this.child.kill('SIGKILL');
  }
}
