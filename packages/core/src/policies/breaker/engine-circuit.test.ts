import { describe, expect, it } from 'vitest';
import {
  CircuitOpenError,
  ConfigError,
  createHoldline,
  type BreakerEngine,
  type BreakerOptions,
  type CircuitResult,
  type EngineCircuit,
  type HoldlineConfig,
} from '../../index.js';
import { setup, type Setup } from '../../line/transport.fixture.js';

/** An engine circuit whose state the test sets. It records the reported results. */
class Scripted implements EngineCircuit {
  state: EngineCircuit['state'] = 'closed';
  probeInMs: number | undefined = undefined;
  counted = 0;
  admitted = 0;
  forgotten = 0;
  readonly results: [CircuitResult, number | undefined][] = [];

  constructor(readonly changed: (reason: string) => void) {}

  totals(): { succeeded: number; failed: number; throttled: number } {
    return { succeeded: this.counted, failed: 0, throttled: 0 };
  }

  admit(): ReturnType<EngineCircuit['admit']> {
    if (this.state === 'open') return undefined;
    this.admitted++;
    return {
      isProbe: this.state === 'half-open',
      end: (result, status) => void this.results.push([result, status]),
    };
  }

  become(state: EngineCircuit['state'], reason = 'set by the test'): void {
    this.state = state;
    this.changed(reason);
  }

  forget(): void {
    this.forgotten++;
  }
}

/** A line with an engine. `circuit` is its newest circuit, from the first call on. */
function scripted(
  options: BreakerOptions = {},
  more: HoldlineConfig = {},
): Setup & { circuit: Scripted; scopes: string[] } {
  const scopes: string[] = [];
  const circuits: Scripted[] = [];
  const engine: BreakerEngine = {
    name: 'scripted',
    circuit(scope, changed) {
      scopes.push(scope);
      circuits.push(new Scripted(changed));
      return circuits.at(-1) as Scripted;
    },
  };
  const it = setup({ governor: false, retry: false, breaker: { engine, ...options }, ...more });
  return Object.defineProperty({ ...it, scopes } as ReturnType<typeof scripted>, 'circuit', {
    get: () => circuits.at(-1),
  });
}

describe('a breaker with an engine', () => {
  it('receives the same results as the built-in circuit', async () => {
    const it = scripted();
    for (const step of [200, 404, 500, 429, 'reset'] as const) {
      it.wire.script = [step];
      await it.run();
    }
    expect(it.circuit.results).toEqual([
      ['success', 200],
      ['success', 404],
      ['failure', 500],
      ['throttled', 429],
      ['failure', undefined],
    ]);
    expect(it.scopes).toEqual(['https://api.test GET /a']);
  });

  it('refuses while the engine refuses, with the time of the first probe if the engine knows it', async () => {
    const it = scripted();
    await it.run();
    const changes = it.told('breaker');
    it.circuit.probeInMs = 700;
    it.circuit.become('open');
    const { error } = await it.run();
    expect(error).toBeInstanceOf(CircuitOpenError);
    expect(error).toMatchObject({ retryAt: it.clock.wall() + 700 });
    it.circuit.probeInMs = undefined;
    expect((await it.run()).error).toMatchObject({ retryAt: undefined });
    expect(changes).toEqual([
      { scope: 'https://api.test GET /a', from: 'closed', to: 'open', reason: 'set by the test' },
    ]);
    expect(it.wire.sent).toHaveLength(1);
    expect(it.line.explain({ method: 'GET', url: 'https://api.test/a' })).toMatchObject({
      engines: { governor: 'none', breaker: 'scripted' },
      now: { circuit: 'open' },
    });
  });

  it('receives `none` for results from before its last change of state', async () => {
    const it = scripted();
    it.wire.script = [{ status: 200, afterMs: 100 }];
    it.start();
    await it.clock.advance(10);
    it.circuit.become('open');
    it.circuit.become('half-open');
    await it.clock.run();
    expect(it.circuit.results).toEqual([['none', 200]]);
  });

  it('receives `none` when a probe exceeds its time limit, and no later result of this probe', async () => {
    const it = scripted({ probeTimeoutMs: 1_000 });
    await it.run();
    it.circuit.become('half-open');
    it.wire.script = [200, { status: 200, afterMs: 1_500 }, 200];
    it.start();
    await it.clock.advance(999);
    it.start();
    await it.clock.advance(0);
    expect(it.circuit.results).toEqual([
      ['success', 200],
      ['success', 200],
    ]);
    await it.clock.advance(1);
    it.start();
    await it.clock.run();
    expect(it.circuit.results.slice(2)).toEqual([
      ['none', undefined],
      ['success', 200],
    ]);
  });

  it('is not asked while the route is isolated or a saved state is open', async () => {
    const it = scripted(
      {},
      {
        state: { breakers: [{ scope: 'https://api.test GET /a', state: 'open', retryAt: Date.UTC(2026, 0, 1) + 500 }] },
      },
    );
    expect((await it.run()).error).toMatchObject({ code: 'HOLDLINE_CIRCUIT_OPEN', retryAt: it.clock.wall() + 500 });
    expect(it.circuit.admitted).toBe(0);
    await it.clock.advance(500);
    expect((await it.run()).error).toBeUndefined();
    const undo = it.line.isolate('GET /a');
    expect((await it.run()).error).toBeInstanceOf(CircuitOpenError);
    expect(it.line.exportState().breakers).toMatchObject([{ state: 'isolated' }]);
    undo();
    expect((await it.run()).error).toBeUndefined();
    expect(it.circuit.admitted).toBe(2);
  });

  it('is forgotten when another engine replaces it', async () => {
    const it = scripted();
    await it.run();
    const { circuit } = it;
    it.line.update({ breaker: { engine: false } });
    await it.run();
    expect([circuit.admitted, circuit.forgotten]).toEqual([1, 1]);
    expect(it.line.snapshot().breakers).toMatchObject([{ state: 'closed', succeeded: 1 }]);
  });

  it('forgets idle circuits when there are very many', async () => {
    const it = scripted();
    await it.run({ url: 'https://h0.test/a' });
    const first = it.circuit;
    for (let i = 1; i <= 1_000; i++) await it.run({ url: `https://h${i}.test/a` });
    expect(first.forgotten).toBe(1);
    expect(it.line.snapshot().breakers.length).toBeLessThan(10);
  });

  it.each([null, true, {}, { name: 'x' }, { name: 1, circuit: () => undefined }])(
    'refuses %j as an engine',
    (engine) => {
      const make = (): unknown => createHoldline({ breaker: { engine: engine as never } });
      expect(make).toThrow(ConfigError);
      expect(make).toThrow(/^breaker\.engine must be false or an engine/);
    },
  );
});
