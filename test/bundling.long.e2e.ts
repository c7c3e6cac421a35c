import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { startRedis } from '@holdline/test-servers';
import { build as esbuild } from 'esbuild';
import { rollup } from 'rollup';
import { build as vite, createLogger } from 'vite';
import { expect, onTestFinished, test } from 'vitest';
import webpack from 'webpack';

const packages = fileURLToPath(new URL('../packages/', import.meta.url));
const ofRedis = createRequire(join(packages, 'redis/package.json'));

const CLIENTS = {
  ioredis: `import { Redis } from 'ioredis'; const clientOf = (url) => new Redis(url, { lazyConnect: true });`,
  redis: `import { createClient } from 'redis'; const clientOf = (url) => createClient({ url });`,
};

/** A program that uses the store with a client, then with a URL. With a URL, the store imports the installed client. */
const program = (client: keyof typeof CLIENTS): string => `
import { redisStore } from '@holdline/redis';
${CLIENTS[client]}
async function main(url) {
  for (const options of [{ client: clientOf(url) }, { url }]) {
    const store = redisStore({ ...options, prefix: 'bundled' });
    await store.ready();
    await store.journal.put('step', { key: 'k' });
    console.log((await store.journal.get('step')).key, store.state.state);
    await store.close();
  }
}
main(process.argv[2]);
`;

/** Creates a project with the published files of our packages and only one Redis client, as the README describes. */
function projectWith(client: keyof typeof CLIENTS): { dir: string; entry: string } {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'holdline-bundle-')));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  for (const name of ['core', 'redis'])
    for (const part of ['package.json', 'dist'])
      cpSync(join(packages, name, part), join(dir, 'node_modules/@holdline', name, part), { recursive: true });
  mkdirSync(join(dir, 'node_modules'), { recursive: true });
  symlinkSync(dirname(ofRedis.resolve(`${client}/package.json`)), join(dir, 'node_modules', client));
  writeFileSync(join(dir, 'package.json'), '{ "type": "module", "private": true }');
  const entry = join(dir, 'main.mjs');
  writeFileSync(entry, program(client));
  return { dir, entry };
}

/** Each bundler bundles a project and returns the bundle and its warnings. */
const BUNDLERS: Record<string, (project: { dir: string; entry: string }) => Promise<[string, unknown[]]>> = {
  async esbuild({ dir, entry }) {
    const outfile = join(dir, 'out.cjs');
    const settings = { bundle: true, platform: 'node', format: 'cjs', logLevel: 'silent' } as const;
    const { warnings } = await esbuild({ entryPoints: [entry], outfile, ...settings });
    return [outfile, warnings];
  },
  async webpack({ dir, entry }) {
    const output = { path: dir, filename: 'out.cjs' };
    // An optional dependency of node-redis 6, which webpack tries to resolve too.
    const optional = ['@node-rs/xxhash', '@opentelemetry/api'];
    const externals = Object.fromEntries(optional.map((name) => [name, `commonjs ${name}`]));
    const settings = { mode: 'development', devtool: false, target: 'node' } as const;
    const compiler = webpack({ ...settings, context: dir, entry, output, externals });
    const stats = await new Promise<{ errors?: { message: string }[]; warnings?: { message: string }[] }>(
      (resolve, reject) => compiler.run((error, result) => (error ? reject(error) : resolve(result!.toJson()))),
    );
    return [join(dir, 'out.cjs'), [...(stats.errors ?? []), ...(stats.warnings ?? [])].map(({ message }) => message)];
  },
  // The clients are CommonJS modules, which Rollup cannot bundle without a plugin.
  async rollup({ dir, entry }) {
    const told: unknown[] = [];
    const external = ['ioredis', 'redis', /^node:/];
    const plugins = [nodeResolve({ exportConditions: ['node'] })];
    const bundle = await rollup({ input: entry, external, plugins, onwarn: (warning) => told.push(warning.message) });
    await bundle.write({ file: join(dir, 'out.mjs'), format: 'es', inlineDynamicImports: true });
    await bundle.close();
    return [join(dir, 'out.mjs'), told];
  },
  async vite({ dir, entry }) {
    const told: unknown[] = [];
    const logger = createLogger('warn');
    logger.warn = logger.warnOnce = logger.error = (message): void => void told.push(message);
    await vite({
      root: dir,
      configFile: false,
      customLogger: logger,
      ssr: { noExternal: true, target: 'node' },
      build: {
        ssr: entry,
        outDir: join(dir, 'out'),
        minify: false,
        rolldownOptions: { output: { entryFileNames: 'out.mjs' } },
      },
    });
    return [join(dir, 'out/out.mjs'), told];
  },
};

// Issue 13, b09: esbuild and webpack failed to resolve the client that is not installed.
test.for(
  Object.keys(BUNDLERS).flatMap((bundler) =>
    (['ioredis', 'redis'] as const).map((client) => [bundler, client] as const),
  ),
)(
  '%s bundles a project with only %s without a warning, and the bundle reaches a real Redis',
  async ([bundler, client]) => {
    const project = projectWith(client);
    const [file, told] = await BUNDLERS[bundler]!(project);
    expect(told).toEqual([]);
    const server = await startRedis();
    const printed = execFileSync(process.execPath, [file, server.url], { encoding: 'utf8', timeout: 30_000 });
    expect(printed).toBe('k ready\nk ready\n');
  },
);
