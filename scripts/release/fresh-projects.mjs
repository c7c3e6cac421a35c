// Fresh projects that install the published packages, as users do: with every package manager, Node, TypeScript and bundler. The programs
// are in projects/ and in test/.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, node, npm, readJson, registry, root, run, work, writeJson } from './workbench.mjs';

/** From the oldest supported version to the newest. The support table of README.md names both. */
const TYPESCRIPT = ['5.0.4', '5.4.5', '5.7.3', '5.9.3', '6.0.3', '7.0.2'];
const BUNDLERS = { esbuild: '0.27.0', vite: '8.3.8', webpack: '5.113.0' };
const TOOLS = { ...BUNDLERS, 'webpack-cli': '6.0.1', '@types/node': '20.19.43' };
const YARN_CLASSIC = '1.22.22';
const YARN = '4.18.1';
const PNPM = readJson(join(root, 'package.json')).packageManager.split('@')[1];

const { dependencies: tested, optionalDependencies: nodes } = readJson(join(root, 'test/package.json'));
const CLIENTS = ['@opentelemetry/api', 'axios', 'bottleneck', 'opossum', 'purecloud-platform-client-v2'];
const PROGRAMS = ['smoke.mjs', 'smoke.cjs'];

/** Makes a project with copies of files. */
function makeProject(name, dependencies, files = []) {
  const dir = join(work, name);
  mkdirSync(dir);
  writeJson(join(dir, 'package.json'), { name, private: true, type: 'module', dependencies });
  for (const file of files) {
    const own = fileURLToPath(new URL(`projects/${file}`, import.meta.url));
    cpSync(existsSync(own) ? own : join(root, 'test', file), join(dir, file));
  }
  return dir;
}

/** Makes a project that depends on all packages and on the clients of the smoke test. */
function makeFullProject(name, packages, version, dependencies = {}, files = []) {
  const ours = Object.fromEntries(packages.map((ourName) => [ourName, `^${version}`]));
  const clients = Object.fromEntries(CLIENTS.map((client) => [client, tested[client]]));
  return makeProject(name, { ...ours, ...clients, ...dependencies }, [...PROGRAMS, 'smoke-steps.cjs', ...files]);
}

/** Runs the smoke test as ESM and as CommonJS. `start` runs a file with Node. */
async function smoke(start) {
  for (const file of PROGRAMS) assert.match(await start(file), /: ok\n$/);
}

/** Installs one package alone, as a new user does first. */
export const checkOneAlone = () =>
  check('npm installs @holdline/core alone', async () => {
    const dir = makeProject('alone', {});
    await npm(['install', '@holdline/core'], dir);
    const program = "import('@holdline/core').then(({ createHoldline }) => createHoldline().close())";
    await node(['--eval', program], { cwd: dir });
    return `${Object.keys(readJson(join(dir, 'package-lock.json')).packages).length - 1} package`;
  });

/** Checks each of the other package managers in a project of its own. */
export async function checkManagers(packages, version) {
  const tools = makeProject('tools', { pnpm: PNPM, yarn: YARN_CLASSIC, '@yarnpkg/cli-dist': YARN });
  await npm(['install'], tools);
  const tool = (file, dir) => (args) => node([join(tools, 'node_modules', file), ...args], { cwd: dir });

  await check(`pnpm ${PNPM}: ESM and CommonJS`, async () => {
    const dir = makeFullProject('with-pnpm', packages, version);
    await tool('pnpm/bin/pnpm.cjs', dir)(['install', '--strict-peer-dependencies']);
    await smoke((file) => node([file], { cwd: dir }));
  });
  await check(`yarn ${YARN_CLASSIC}: ESM and CommonJS`, async () => {
    const dir = makeFullProject('with-yarn-classic', packages, version);
    await tool('yarn/bin/yarn.js', dir)(['install', '--non-interactive']);
    await smoke((file) => node([file], { cwd: dir }));
  });
  await check(`yarn ${YARN} with Plug'n'Play: ESM and CommonJS`, async () => {
    const dir = makeFullProject('with-yarn', packages, version);
    writeFileSync(join(dir, 'yarn.lock'), '');
    writeJson(join(dir, '.yarnrc.yml'), {
      npmRegistryServer: registry.url,
      unsafeHttpWhitelist: ['127.0.0.1'],
      npmMinimalAgeGate: 0,
      enableImmutableInstalls: false,
      enableTelemetry: false,
      globalFolder: join(work, 'cache/yarn-berry'),
    });
    const yarn = tool('@yarnpkg/cli-dist/bin/yarn.js', dir);
    await yarn(['install']);
    await smoke((file) => yarn(['node', file]));
  });
}

/** Installs with npm, and returns the checks of Node versions, TypeScript versions and bundlers in that project. */
export async function installWithNpm(packages, version) {
  const compilers = Object.fromEntries(
    TYPESCRIPT.map((number) => [`typescript-${number}`, `npm:typescript@${number}`]),
  );
  const sources = ['service.ts', 'service.cts', 'page.mjs', 'run-page.mjs'];
  const configs = ['tsconfig.service.json', 'tsconfig.page.json', 'vite.config.mjs', 'webpack.config.mjs'];
  const dir = makeFullProject('with-npm', packages, version, { ...compilers, ...TOOLS }, [...sources, ...configs]);
  const isInstalled = await check('npm installs all packages and misses no peer', async () => {
    await npm(['install'], dir);
    await npm(['ls'], dir);
  });
  return isInstalled ? [...nodeChecks(dir), ...typescriptChecks(dir), ...bundlerChecks(dir)] : [];
}

const nodeChecks = (dir) =>
  [process.execPath, ...Object.keys(nodes).map((name) => join(root, 'test/node_modules', name, 'bin/node'))].map(
    (binary) => async () => {
      const version = existsSync(binary) ? (await run(binary, ['--version'])).trim() : binary;
      await check(`npm on Node ${version}: ESM, CommonJS and the command holdline`, async () => {
        await smoke((file) => run(binary, [file], { cwd: dir }));
        const command = [
          join(dir, 'node_modules/holdline/dist/cli.js'),
          'explain',
          'GET',
          'https://api.example.com/users',
        ];
        assert.match(await run(binary, command, { cwd: dir }), /^GET \/users is sent at once/m);
      });
    },
  );

function typescriptChecks(dir) {
  const [oldest, newest] = [TYPESCRIPT[0], TYPESCRIPT.at(-1)].map((version) => /^\d+\.\d+/.exec(version)[0]);
  const documented = () =>
    check('README.md names the supported TypeScript versions', () => {
      assert.match(
        readFileSync(join(root, 'README.md'), 'utf8'),
        new RegExp(`^\\| TypeScript +\\| ${oldest} to ${newest}`, 'm'),
      );
      return `${oldest} to ${newest}`;
    });
  const compilations = TYPESCRIPT.map(
    (version) => () =>
      check(`TypeScript ${version}: a service with Node types, a page with DOM types`, async () => {
        const tsc = `node_modules/typescript-${version}/bin/tsc`;
        for (const config of ['service', 'page'])
          await node([tsc, '--project', `tsconfig.${config}.json`], { cwd: dir });
      }),
  );
  return [documented, ...compilations];
}

function bundlerChecks(dir) {
  const commands = {
    vite: ['build'],
    webpack: [],
    esbuild: ['page.mjs', '--bundle', '--minify', '--format=esm', '--outfile=out/esbuild/page.mjs'],
  };
  return Object.entries(commands).map(
    ([name, args]) =>
      () =>
        check(`${name} ${BUNDLERS[name]}: the bundle of a page runs`, async () => {
          assert.doesNotMatch(await run(join(dir, 'node_modules/.bin', name), args, { cwd: dir }), /warn/i);
          await node(['run-page.mjs', `out/${name}/page.mjs`], { cwd: dir });
        }),
  );
}

/** Installs two versions of core into one project: one directly, one through an adapter. */
export const checkTwoCores = (older, newer) =>
  check('two versions of core work side by side', async () => {
    const brought = ['axios', 'genesys', 'simulator'].map((name) => [`@holdline/${name}`, newer]);
    const dependencies = { '@holdline/core': older, ...Object.fromEntries(brought), axios: tested.axios };
    const dir = makeProject('two-cores', dependencies, ['two-cores.mjs']);
    await npm(['install'], dir);
    return (await node(['two-cores.mjs'], { cwd: dir })).trim();
  });
