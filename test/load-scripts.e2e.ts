// The load scripts of examples/load-test. autocannon runs against `holdline simulator`, and both sides count the same. JMeter, k6 and
// artillery are not installed here: their scripts are parsed, and their numbers are compared with the limits that they are made for.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { parseSimulatorProfile, type LoadReport } from '@holdline/simulator';
import { build, type Plugin } from 'esbuild';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { makeProject, start } from './cli-support.js';

const FOLDER = fileURLToPath(new URL('../examples/load-test/', import.meta.url));
const read = (path: string): string => readFileSync(FOLDER + path, 'utf8');
const run = promisify(execFile);

const { options } = parseSimulatorProfile(JSON.parse(read('platform.json')));
function perSecond(name: string): number {
  const found = [...(options.limits ?? []), ...(options.sockets?.upgrades ?? [])].find((limit) => limit.name === name);
  if (!found) throw new Error(`platform.json has no limit ${name}`);
  return (found.limit / found.windowMs) * 1_000;
}
/** Limits of the example platform, per second. */
const PER_SECOND = {
  scripts: perSecond('scripts.per.minute'),
  token: perSecond('token.rate.per.minute'),
  upgrades: perSecond('upgrades.per.second'),
};

describe('autocannon', () => {
  interface Sent {
    tokenRequests: number;
    apiRequests: number;
    refused: number;
    withoutAnswer: number;
    byStatus: Record<'token' | 'user' | 'script', Record<string, number>>;
  }

  /** Runs the script against `holdline simulator`, and returns what both sides counted, and the report. */
  async function shoot(simulator: readonly string[], load: readonly string[]) {
    const cwd = makeProject({}, []);
    const running = start(['simulator', '--no-ui', '--report', 'report.json', ...simulator], cwd);
    const [, url = ''] = await running.finds(/Genesys Cloud: (http:\S+)/);
    const { stdout } = await run(process.execPath, [`${FOLDER}autocannon.mjs`, '--url', url, ...load]);
    running.child.kill('SIGINT');
    const { code, out } = await running.ended;
    expect(code).toBe(0);
    const number = (words: string): number =>
      Number(new RegExp(`([\\d,]+) ${words}`).exec(out)?.[1]?.replaceAll(',', ''));
    const counted = {
      tokenRequests: number('token requests'),
      apiRequests: number('API requests'),
      refused: number('refused with 429'),
    };
    const { load: report } = JSON.parse(readFileSync(`${cwd}/report.json`, 'utf8')) as { load: LoadReport };
    // The report has the counts of the summary.
    const { requests: apiRequests, throttled: refused, tokenRequests } = report;
    expect({ tokenRequests, apiRequests, refused }).toEqual(counted);
    return { sent: JSON.parse(stdout) as Sent, counted, report };
  }

  test('200 agents without a limit in their way: each request is counted on both sides, and none is refused', async () => {
    const { sent, counted } = await shoot(['--limit', '300/60s'], ['--agents', '200']);
    expect(counted).toEqual({ tokenRequests: 200, apiRequests: 400, refused: 0 });
    expect(sent).toMatchObject(counted);
    expect(sent).toMatchObject({
      withoutAnswer: 0,
      byStatus: { token: { 200: 200 }, user: { 200: 200 }, script: { 200: 200 } },
    });
  });

  test('200 agents against 60 scripts a minute: both sides count the same 140 refusals', async () => {
    const { sent, counted, report } = await shoot(
      ['--profile', `${FOLDER}platform.json`],
      ['--agents', '200', '--connections', '50'],
    );
    expect(counted).toEqual({ tokenRequests: 200, apiRequests: 400, refused: 140 });
    expect(sent).toMatchObject(counted);
    expect(sent).toMatchObject({
      withoutAnswer: 0,
      byStatus: { token: { 200: 200 }, user: { 200: 200 }, script: { 200: 60, 429: 140 } },
    });
    // The report advises the ramp-up that the other scripts have: 200 scripts at 60 a minute.
    const scripts = report.limits.find(({ name }) => name === 'scripts.per.minute');
    expect(scripts).toMatchObject({
      requests: 200,
      throttled: 140,
      pacing: { rampUp: { agents: 200, requestsPerAgent: 1 } },
    });
    const rampUpSec = (scripts?.pacing?.rampUp?.overMs ?? 0) / 1_000;
    expect(rampUpSec).toBeGreaterThan(195);
    expect(rampUpSec).toBeLessThan(211);
  });

  test('a pace changes when requests leave, and not how many', async () => {
    const { sent, counted } = await shoot(['--limit', '300/60s'], ['--agents', '40', '--per-second', '20']);
    expect(counted).toEqual({ tokenRequests: 40, apiRequests: 80, refused: 0 });
    expect(sent).toMatchObject(counted);
  });

  test.each([
    [['--agents', '15'], '--agents must be a multiple of --connections, got 15 and 10.'],
    [['--agents', '20', '--per-second', '5'], '--per-second must be a multiple of --connections, got 5 and 10.'],
    [['--agents', 'many'], '--agents must be a multiple of --connections, got many and 10.'],
  ])('%s is refused', async (load, message) => {
    const ended = run(process.execPath, [`${FOLDER}autocannon.mjs`, '--url', 'http://127.0.0.1:9', ...load]);
    await expect(ended).rejects.toMatchObject({ code: 2, stderr: `${message}\n` });
  });
});

describe('JMeter', () => {
  interface Element {
    tag: string;
    attributes: Record<string, string>;
    children: Element[];
    text: string;
  }
  type Raw = Record<string, unknown> & { ':@'?: Record<string, string>; '#text'?: string };

  const toElements = (raw: readonly Raw[]): Element[] =>
    raw
      .filter((one) => !('#text' in one))
      .map((one) => {
        const tag = Object.keys(one).find((key) => key !== ':@') ?? '';
        const inner = one[tag] as Raw[];
        return {
          tag,
          attributes: one[':@'] ?? {},
          children: toElements(inner),
          text: inner.map((child) => child['#text'] ?? '').join(''),
        };
      });

  function parsePlan(name: string): Element {
    const text = read(`jmeter/${name}`);
    expect(XMLValidator.validate(text)).toBe(true);
    const parser = new XMLParser({
      preserveOrder: true,
      ignoreAttributes: false,
      attributeNamePrefix: '',
      parseTagValue: false,
      ignoreDeclaration: true,
    });
    const [root] = toElements(parser.parse(text) as Raw[]);
    if (root?.tag !== 'jmeterTestPlan') throw new Error(`${name} is no plan of JMeter`);
    return root;
  }

  const flatten = (element: Element): Element[] => [element, ...element.children.flatMap(flatten)];
  const find = (root: Element, tag: string): Element[] => flatten(root).filter((element) => element.tag === tag);
  const one = (root: Element, tag: string): Element => {
    const found = find(root, tag);
    expect(found, tag).toHaveLength(1);
    return found[0] as Element;
  };
  const property = (element: Element, name: string): string =>
    element.children.find(({ attributes }) => attributes['name'] === name)?.text ?? '';
  /** The default of a value that `-J` can change: `${__P(name,default)}`. */
  function changeable(element: Element, name: string, key: string): string {
    const [, found, value = ''] = /^\$\{__P\((\w+),([^)]*)\)\}$/.exec(property(element, name)) ?? [];
    expect(found, name).toBe(key);
    return value;
  }
  /** The trees below which an element stands, the nearest first, each as the elements beside the nested trees. */
  function scopesOf(root: Element, target: Element): Element[][] {
    for (const tree of root.children.filter(({ tag }) => tag === 'hashTree')) {
      if (tree.children.includes(target)) return [tree.children.filter(({ tag }) => tag !== 'hashTree')];
      const inner = scopesOf(tree, target);
      if (inner.length > 0) return [...inner, tree.children.filter(({ tag }) => tag !== 'hashTree')];
    }
    return [];
  }

  test.each(['agents.jmx', 'sockets.jmx'])('%s has the form of JMeter 5', (name) => {
    const root = parsePlan(name);
    expect(root.attributes).toEqual({ version: '1.2', properties: '5.0', jmeter: '5.6.3' });
    for (const { children } of find(root, 'hashTree')) {
      const elements = children.filter((_, i) => i % 2 === 0);
      const trees = children.filter((_, i) => i % 2 === 1);
      expect(trees).toHaveLength(elements.length);
      expect(trees.every(({ tag }) => tag === 'hashTree')).toBe(true);
      for (const { tag, attributes } of elements) {
        expect(tag).not.toBe('hashTree');
        expect(attributes).toMatchObject({
          testclass: tag,
          enabled: 'true',
          guiclass: expect.any(String) as string,
          testname: expect.any(String) as string,
        });
      }
    }
    const defaults = one(root, 'ConfigTestElement');
    expect(changeable(defaults, 'HTTPSampler.domain', 'host')).toBe('127.0.0.1');
    expect(changeable(defaults, 'HTTPSampler.port', 'port')).toBe('8080');
    // No request names a platform of its own.
    for (const sampler of find(root, 'HTTPSamplerProxy')) expect(property(sampler, 'HTTPSampler.domain')).toBe('');
    const agents = one(root, 'CSVDataSet');
    expect(property(agents, 'variableNames')).toBe('agent,client_id,basic');
    expect(property(agents, 'recycle')).toBe('false');
    expect(property(agents, 'stopThread')).toBe('true');
    // The first request of an agent is the one for its token, and its answer fills the variable.
    const [token] = find(root, 'HTTPSamplerProxy') as [Element];
    expect(property(token, 'HTTPSampler.path')).toBe('/oauth/token');
    const [extractor] = find(root, 'RegexExtractor') as [Element];
    expect(property(extractor, 'RegexExtractor.refname')).toBe('token');
    const body = JSON.stringify({ access_token: 'T-1', token_type: 'bearer' });
    expect(new RegExp(decode(property(extractor, 'RegexExtractor.regex'))).exec(body)?.[1]).toBe('T-1');
  });

  const decode = (text: string): string => text.replaceAll('&quot;', '"').replaceAll('&amp;', '&');

  test('agents.jmx: 200 agents, a ramp-up for 60 scripts a minute, and a timer for the limit of a token', () => {
    const root = parsePlan('agents.jmx');
    const group = one(root, 'ThreadGroup');
    const agents = Number(changeable(group, 'ThreadGroup.num_threads', 'agents'));
    const rampUpSec = Number(changeable(group, 'ThreadGroup.ramp_time', 'rampup'));
    expect([agents, rampUpSec]).toEqual([200, Math.ceil(200 / (PER_SECOND.scripts * 0.95))]);
    expect(agents / rampUpSec).toBeLessThanOrEqual(PER_SECOND.scripts);
    const timer = one(root, 'ConstantThroughputTimer');
    // 0: each thread alone, because each has its own token.
    expect(property(timer, 'calcMode')).toBe('0');
    const perMinute = Number(changeable(timer, 'throughput', 'requests_per_minute'));
    expect(perMinute).toBe(PER_SECOND.token * 60 * 0.95);
    const paths = find(root, 'HTTPSamplerProxy').map((sampler) => property(sampler, 'HTTPSampler.path'));
    expect(paths).toEqual(['/oauth/token', '/api/v2/users/${agent}', '/api/v2/scripts/script-1']);
    // The timer delays all of them but the first one of a thread.
    const [scope] = scopesOf(root, timer);
    expect(scope?.filter(({ tag }) => tag === 'HTTPSamplerProxy')).toHaveLength(3);
  });

  test('sockets.jmx: 500 sockets of the plugin, and a timer that no upgrade can pass', () => {
    const root = parsePlan('sockets.jmx');
    expect(read('jmeter/sockets.jmx')).toContain('WebSocket Samplers by Peter Doornbosch');
    const group = one(root, 'ThreadGroup');
    const agents = Number(changeable(group, 'ThreadGroup.num_threads', 'agents'));
    const rampUpSec = Number(changeable(group, 'ThreadGroup.ramp_time', 'rampup'));
    const timer = one(root, 'ConstantThroughputTimer');
    // 4: all threads of the group together, in the order of their samples.
    expect(property(timer, 'calcMode')).toBe('4');
    const perSecond = Number(changeable(timer, 'throughput', 'samples_per_minute')) / 60;
    expect(perSecond).toBe(PER_SECOND.upgrades * 0.8);
    const [scope = []] = scopesOf(root, timer);
    const samplers = scope.filter(({ tag }) => /Sampler/.test(tag)).map(({ attributes }) => attributes['testname']);
    expect(samplers).toEqual(['Token', 'Channel', 'Upgrade']);
    expect([agents, rampUpSec]).toEqual([500, Math.ceil((500 * samplers.length) / perSecond)]);
    const prefix = 'eu.luminis.jmeter.wssampler.';
    const upgrade = one(root, `${prefix}OpenWebSocketSampler`);
    expect(changeable(upgrade, 'server', 'host')).toBe('127.0.0.1');
    expect(changeable(upgrade, 'port', 'port')).toBe('8080');
    expect(property(upgrade, 'path')).toBe('${channel_path}');
    const ping = one(root, `${prefix}RequestResponseWebSocketSampler`);
    expect(property(ping, 'createNewConnection')).toBe('false');
    expect(JSON.parse(decode(property(ping, 'requestData')))).toEqual({ message: 'ping' });
    expect(property(one(root, `${prefix}CloseWebSocketSampler`), 'statusCode')).toBe('1000');
    // The last socket opens while the first one is still open.
    const holdMs = Number(changeable(one(root, 'ConstantTimer'), 'ConstantTimer.delay', 'hold_ms'));
    expect(holdMs).toBeGreaterThan(rampUpSec * 1_000);
    const [, path] = find(root, 'RegexExtractor') as [Element, Element];
    const channel = JSON.stringify({ id: 'c', connectUri: 'ws://127.0.0.1:8080/channels/c-1' });
    expect(new RegExp(decode(property(path, 'RegexExtractor.regex'))).exec(channel)?.[1]).toBe('/channels/c-1');
  });
});

describe('k6', () => {
  /** The modules of k6 that the scripts import, as far as the scripts use them. Each request and each metric is recorded. */
  const MODULES: Record<string, string> = {
    k6: `export const check = (value, checks) => Object.entries(checks).every(([name, holds]) => {
        const passed = Boolean(holds(value)); k6.checks.push([name, passed]); return passed; });
      export const sleep = (seconds) => k6.calls.push(['sleep', seconds]);`,
    'k6/encoding': `export default { b64encode: (text) => btoa(text) };`,
    'k6/execution': `export default { get scenario() { return { iterationInTest: k6.iteration }; },
      get vu() { return { iterationInScenario: k6.iterationOfAgent, idInTest: k6.iteration + 1 }; } };`,
    'k6/http': `const send = (method, url, params) => { k6.calls.push([method, url, params?.headers?.Authorization]);
        const { status, body } = k6.answer(method, url);
        return { status, json: (key) => key === undefined ? body : body[key] }; };
      export default { get: (url, params) => send('GET', url, params),
        post: (url, body, params) => send('POST', url, params) };`,
    'k6/metrics': `export class Counter { constructor(name) { this.name = name; }
      add(value) { k6.metrics[this.name] = (k6.metrics[this.name] ?? 0) + value; } }`,
    'k6/ws': `export default { connect(url, params, setUp) {
        k6.calls.push(['UPGRADE', url]);
        const status = k6.answer('UPGRADE', url).status;
        const listeners = {}; const timers = [];
        const socket = { on: (event, listener) => void (listeners[event] = listener),
          setTimeout: (work, ms) => void timers.push([ms, work]),
          send: (text) => { k6.calls.push(['FRAME', text]);
            listeners.message('{"topicName":"channel.metadata","eventBody":{"message":"pong"}}'); },
          close: () => void k6.calls.push(['CLOSE']) };
        setUp(socket);
        if (status === 101) { listeners.open(); for (const [, work] of timers.sort(([a], [b]) => a - b)) work(); }
        return { status };
      } };`,
  };

  const k6Modules: Plugin = {
    name: 'k6',
    setup(builder) {
      builder.onResolve({ filter: /^k6(\/|$)/ }, ({ path }) => ({ path, namespace: 'k6' }));
      builder.onLoad({ filter: /.*/, namespace: 'k6' }, ({ path }) => ({ contents: MODULES[path] as string }));
    },
  };

  interface World {
    calls: unknown[][];
    checks: [string, boolean][];
    metrics: Record<string, number>;
    iteration: number;
    iterationOfAgent: number;
    answer(method: string, url: string): { status: number; body?: unknown };
  }
  interface Scenario {
    executor: string;
    rate?: number;
    timeUnit?: string;
    duration?: string;
    preAllocatedVUs?: number;
    maxVUs?: number;
    startVUs?: number;
    stages?: { duration: string; target: number }[];
  }
  interface Script {
    options: { scenarios: Record<string, Scenario>; thresholds: Record<string, string[]> };
    default: () => void;
    imports: string[];
    world: World;
  }

  /** Bundles a script with recording modules, and loads it. */
  async function load(name: string, answer: World['answer']): Promise<Script> {
    const world: World = { calls: [], checks: [], metrics: {}, iteration: 0, iterationOfAgent: 0, answer };
    const { outputFiles, metafile } = await build({
      entryPoints: [`${FOLDER}k6/${name}`],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      plugins: [k6Modules],
      banner: { js: 'const { k6, __ENV } = globalThis.loadScript;' },
    });
    const imports = Object.keys(metafile.inputs).filter((path) => path.startsWith('k6:'));
    Object.assign(globalThis, { loadScript: { k6: world, __ENV: {} } });
    // The number makes each load a module of its own.
    const url = `data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}//${(loads += 1)}`;
    const module = (await import(/* @vite-ignore */ url)) as Pick<Script, 'options' | 'default'>;
    return { ...module, default: module.default, imports: imports.map((path) => path.slice('k6:'.length)), world };
  }
  let loads = 0;

  const seconds = (text = ''): number => Number(/^(\d+)s$/.exec(text)?.[1]);
  const login = { status: 200, body: { access_token: 'T' } };

  test('agents.js: 200 agents at 57 a minute, and a threshold without refusals', async () => {
    const script = await load('agents.js', (_, url) => (url.endsWith('/oauth/token') ? login : { status: 200 }));
    expect(script.imports.every((path) => path in MODULES)).toBe(true);
    const { agents } = script.options.scenarios as { agents: Scenario };
    expect(agents.executor).toBe('constant-arrival-rate');
    expect(agents.timeUnit).toBe('1m');
    expect(agents.rate).toBe(PER_SECOND.scripts * 60 * 0.95);
    const started = Math.floor(((agents.rate ?? 0) / 60) * seconds(agents.duration));
    expect(started).toBe(200);
    expect(agents.maxVUs).toBeGreaterThanOrEqual(agents.preAllocatedVUs ?? Infinity);
    expect(script.options.thresholds).toMatchObject({ refused: ['count==0'], dropped_iterations: ['count==0'] });
    script.world.iteration = 41;
    script.default();
    expect(script.world.calls).toEqual([
      ['POST', 'http://127.0.0.1:8080/oauth/token', `Basic ${btoa('client-42:any-secret')}`],
      ['GET', 'http://127.0.0.1:8080/api/v2/users/agent-42', 'Bearer T'],
      ['GET', 'http://127.0.0.1:8080/api/v2/scripts/script-1', 'Bearer T'],
    ]);
    expect(script.world.metrics).toEqual({});
    expect(script.world.checks.every(([, passed]) => passed)).toBe(true);
  });

  test('agents.js counts each 429, and an agent without a token makes no further request', async () => {
    const script = await load('agents.js', (_, url) =>
      url.endsWith('/oauth/token') ? login : { status: url.includes('/scripts/') ? 429 : 200 },
    );
    script.default();
    expect(script.world.metrics).toEqual({ refused: 1 });
    expect(script.world.checks).toContainEqual(['script: 200', false]);
    const refused = await load('agents.js', () => ({ status: 400, body: {} }));
    refused.default();
    expect(refused.world.calls).toHaveLength(1);
  });

  test('sockets.js: 500 agents at half of the limit of upgrades, all open at the same time', async () => {
    const script = await load('sockets.js', (method, url) => {
      if (method === 'UPGRADE') return { status: 101 };
      return url.endsWith('/oauth/token')
        ? login
        : { status: 200, body: { connectUri: 'ws://127.0.0.1:8080/channels/c' } };
    });
    expect(script.imports.every((path) => path in MODULES)).toBe(true);
    const { sockets } = script.options.scenarios as { sockets: Scenario };
    expect(sockets.executor).toBe('ramping-vus');
    const [ramp, hold] = sockets.stages ?? [];
    expect([sockets.startVUs, ramp?.target, hold?.target]).toEqual([0, 500, 500]);
    expect(500 / seconds(ramp?.duration)).toBe(PER_SECOND.upgrades / 2);
    expect(seconds(hold?.duration)).toBeGreaterThan(seconds(ramp?.duration));
    expect(script.options.thresholds).toEqual({ refused: ['count==0'], opened: ['count==500'], pongs: ['count==500'] });
    script.default();
    expect(script.world.calls.map(([kind]) => kind)).toEqual(['POST', 'POST', 'UPGRADE', 'FRAME', 'CLOSE']);
    expect(script.world.metrics).toEqual({ opened: 1, pongs: 1 });
    // An agent connects once.
    script.world.iterationOfAgent = 1;
    script.world.calls = [];
    script.default();
    expect(script.world.calls).toEqual([['sleep', 1]]);
  });

  test('sockets.js counts a refused upgrade', async () => {
    const script = await load('sockets.js', (method, url) => {
      if (method === 'UPGRADE') return { status: 429 };
      return url.endsWith('/oauth/token')
        ? login
        : { status: 200, body: { connectUri: 'ws://127.0.0.1:8080/channels/c' } };
    });
    script.default();
    expect(script.world.metrics).toEqual({ refused: 1 });
    expect(script.world.checks).toContainEqual(['upgrade: 101', false]);
  });
});

describe('artillery', () => {
  interface Config {
    config: {
      phases: { duration: number; arrivalCount: number }[];
      payload: { path: string; fields: string[]; order: string };
      processor?: string;
      ensure: { conditions: { expression: string }[] };
    };
    scenarios: { engine?: string; flow: Record<string, Record<string, unknown>>[] }[];
  }
  const parse = (name: string): Config => parseYaml(read(`artillery/${name}`), { strict: true }) as Config;

  test('agents.yml: 200 agents at 57 a minute', () => {
    const { config, scenarios } = parse('agents.yml');
    expect(config.phases).toMatchObject([
      { arrivalCount: 200, duration: Math.ceil(200 / (PER_SECOND.scripts * 0.95)) },
    ]);
    expect(config.payload).toMatchObject({ path: '../agents.csv', order: 'sequence' });
    const [{ flow }] = scenarios as [Config['scenarios'][number]];
    expect(flow.map((step) => Object.values(step)[0]?.['url'])).toEqual([
      '/oauth/token',
      '/api/v2/users/{{ agent }}',
      '/api/v2/scripts/script-1',
    ]);
    expect(config.ensure.conditions).toContainEqual({ expression: `http.codes.200 == ${200 * flow.length}` });
  });

  test('sockets.yml: 500 agents at half of the limit of upgrades, all open at the same time', async () => {
    const { config, scenarios } = parse('sockets.yml');
    const [{ arrivalCount, duration }] = config.phases as [Config['config']['phases'][number]];
    expect([arrivalCount, arrivalCount / duration]).toEqual([500, PER_SECOND.upgrades / 2]);
    const [{ engine, flow }] = scenarios as [Config['scenarios'][number]];
    expect(engine).toBe('ws');
    expect(flow[0]).toEqual({ connect: { function: 'openChannel' } });
    expect(flow[1]?.['think']).toBeGreaterThan(duration);
    const processor = (await import(pathToFileURL(`${FOLDER}artillery/${config.processor ?? ''}`).href)) as object;
    expect(processor).toHaveProperty('openChannel');
  });

  test('open-channel.mjs gives artillery the address of a channel, and the failure of the platform', async () => {
    const running = start(
      ['simulator', '--no-ui', '--limit', '1/60s,per=org,enforcement=sliding'],
      makeProject({}, []),
    );
    const [, url = ''] = await running.finds(/Genesys Cloud: (http:\S+)/);
    const { openChannel } = (await import(pathToFileURL(`${FOLDER}artillery/open-channel.mjs`).href)) as {
      openChannel(wsArgs: { target: string }, context: object, done: (error?: Error) => void): void;
    };
    const open = async (): Promise<string> => {
      const wsArgs = { target: url };
      const context = { vars: { basic: btoa('client-1:any-secret') } };
      await new Promise<void>((resolve, reject) =>
        openChannel(wsArgs, context, (error) => (error ? reject(error) : resolve())),
      );
      return wsArgs.target;
    };
    expect(await open()).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/channels\//);
    await expect(open()).rejects.toThrow('/api/v2/notifications/channels answered 429');
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(0);
  });
});

describe('agents.csv', () => {
  test('has the columns that JMeter and artillery read, one agent per line', async () => {
    const { stdout } = await run(process.execPath, [`${FOLDER}make-agents.mjs`, '500']);
    const rows = stdout.trimEnd().split('\n');
    expect(new Set(rows).size).toBe(500);
    expect(rows[0]).toBe(`agent-1,client-1,${btoa('client-1:any-secret')}`);
    const { config } = parseYaml(read('artillery/agents.yml')) as { config: { payload: { fields: string[] } } };
    expect(rows.every((row) => row.split(',').length === config.payload.fields.length)).toBe(true);
  });

  test.each(['0', 'x'])('%s agents are refused', async (many) => {
    await expect(run(process.execPath, [`${FOLDER}make-agents.mjs`, many])).rejects.toMatchObject({ code: 1 });
  });
});
