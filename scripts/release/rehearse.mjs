// Rehearses a release from end to end: publishes a copy of this workspace to a local registry with the release command, then installs from
// it in fresh projects and runs them. Needs a build. `npx pnpm release:rehearse`; one line per check, and a total.
import { execFileSync, spawn } from 'node:child_process';
import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMetadata, rehearsalMetadata } from './metadata.mjs';
import { startRegistry } from './registry.mjs';
import { publicPackages } from './stage.mjs';

/** From the documented floor to the newest. */
const TYPESCRIPT = ['5.0.4', '5.2.2', '5.4.5', '5.6.3', '5.7.3', '5.9.3', '6.0.3', '7.0.2'];
const BUNDLERS = { esbuild: '0.27.0', vite: '8.3.8', webpack: '5.113.0', 'webpack-cli': '6.0.1' };
const YARN = { yarn: '1.22.22', '@yarnpkg/cli-dist': '4.18.1' };
const COMMAND_MS = 300_000;

const root = fileURLToPath(new URL('../..', import.meta.url));
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
const writeJson = (path, value) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
const { dependencies: tested, optionalDependencies: nodes } = readJson(join(root, 'test/package.json'));
const pnpmVersion = readJson(join(root, 'package.json')).packageManager.split('@')[1];

const work = realpathSync(mkdtempSync(join(tmpdir(), 'holdline-rehearsal-')));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const registry = await startRegistry(join(work, 'registry'));

/** The commands see nothing of the user's configuration: an empty home, own caches, and only these variables. */
const KEPT = [
  'PATH',
  'LANG',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'SystemRoot',
  'HTTPS_PROXY',
  'https_proxy',
];
const env = {
  ...Object.fromEntries(
    KEPT.filter((name) => process.env[name] !== undefined).map((name) => [name, process.env[name]]),
  ),
  HOME: registry.home,
  CI: 'true',
  TMPDIR: work,
  npm_config_cache: join(work, 'cache/npm'),
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
  YARN_CACHE_FOLDER: join(work, 'cache/yarn'),
  YARN_REGISTRY: registry.url,
};

/** Runs a command. Resolves with its output, or rejects with it. `onOutput` sees the output so far, and the process. */
function run(command, args, { cwd = work, fails = false, onOutput, extraEnv } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...env, ...extraEnv },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: COMMAND_MS,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
      onOutput?.(output, child);
    });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if ((code === 0) !== fails) resolve(output);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}\n${output}`));
    });
  });
}
const node = (args, options) => run(process.execPath, args, options);
const npm = (args, cwd) => run('npm', args, { cwd });

let passed = 0;
let failed = 0;
/** Runs a check and prints its line. `run` may return text for the line. Resolves with whether the check passed. */
async function check(title, perform) {
  const started = performance.now();
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(0)} s`;
  try {
    const text = await perform();
    passed++;
    console.log(`ok      ${title}${typeof text === 'string' ? `: ${text}` : ''} (${seconds()})`);
    return true;
  } catch (error) {
    failed++;
    console.log(
      `FAILED  ${title} (${seconds()})\n${error.message
        .trim()
        .split('\n')
        .slice(-40)
        .join('\n')
        .replace(/^(?=.)/gm, '        ')}`,
    );
    return false;
  }
}

// ── A copy of this workspace, with its build, as a repository of its own.

const checkout = join(work, 'checkout');
const git = (...args) =>
  execFileSync('git', ['-c', 'user.name=rehearsal', '-c', 'user.email=rehearsal@holdline.example', ...args], {
    cwd: checkout,
    encoding: 'utf8',
  }).trim();
const commitAll = (message) => (git('add', '-A'), git('commit', '-qm', message, '--allow-empty'));
const release = (args = [], options) =>
  node([join(root, 'scripts/release/index.mjs'), '--no-verify', ...args], { cwd: checkout, ...options });
const addVersion = () => node([join(root, 'node_modules/@changesets/cli/bin.js'), 'version'], { cwd: checkout });

function copyWorkspace() {
  const listed = execFileSync('git', ['ls-files', '-coz', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
  for (const path of listed.split('\0').filter((path) => path && existsSync(join(root, path)))) {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    cpSync(join(root, path), join(checkout, path));
  }
  for (const { folder } of publicPackages(root))
    cpSync(join(root, 'packages', folder, 'dist'), join(checkout, 'packages', folder, 'dist'), { recursive: true });
  git('init', '-q');
  commitAll('The workspace');
}

const versionOf = () => publicPackages(checkout)[0].manifest.version;
const names = publicPackages(root).map(({ manifest }) => manifest.name);
const countOf = (output, word) => output.split('\n').filter((line) => line.endsWith(` ${word}`)).length;

/** Publishes the first version, with every refusal on the way. */
async function publishFirst() {
  await check('the release refuses without metadata and names what is missing', async () => {
    writeJson(join(checkout, 'release.json'), {
      ...readMetadata(root),
      repository: '',
      files: '',
      images: '',
      homepage: '',
      bugs: {},
      author: '',
    });
    const output = await release([], { fails: true });
    for (const key of ['repository', 'files', 'images', 'homepage', 'bugs.url', 'bugs.email', 'author'])
      assert.match(output, new RegExp(`release.json: "${key}" is missing; allowed is `));
  });
  writeJson(join(checkout, 'release.json'), rehearsalMetadata(readMetadata(root)));
  await addVersion();
  await check('the release refuses changed files', async () =>
    assert.match(await release([], { fails: true }), /not committed/),
  );
  commitAll('The version');
  await check('the release refuses a package that is not built', async () => {
    rmSync(join(checkout, 'packages/core/dist/index.cjs'));
    assert.match(await release([], { fails: true }), /packages\/core: .\/dist\/index.cjs does not exist/);
    cpSync(join(root, 'packages/core/dist/index.cjs'), join(checkout, 'packages/core/dist/index.cjs'));
  });
  await check('--dry-run publishes nothing', async () => {
    assert.equal((await release(['--dry-run'])).match(/would be published/g).length, names.length);
    await run('npm', ['view', '@holdline/core'], { fails: true });
  });
  await check('a release that is killed goes on where it stopped', async () => {
    // The kill may hit the moment between two packages, or the middle of the fifth.
    const killed = await release([], {
      fails: true,
      onOutput: (output, child) => countOf(output, 'published') >= 4 && child.kill(),
    });
    const resumed = await release();
    const [before, skipped] = [countOf(killed, 'published'), countOf(resumed, 'already published')];
    assert.ok(skipped >= 4 && skipped < names.length, resumed);
    return `${before} published, then ${skipped} skipped and ${names.length - skipped} published`;
  });
  await check('a second release of the same commit publishes nothing', async () =>
    assert.equal(countOf(await release(), 'already published'), names.length),
  );
  await check('another commit cannot release the same version', async () => {
    commitAll('Another commit');
    assert.match(await release([], { fails: true }), /raise the version/);
    git('reset', '-q', '--hard', 'HEAD~1');
  });
  await check('the registry has the metadata', async () => {
    const { repository, homepage, bugs, author, gitHead, license, keywords } = JSON.parse(
      await npm(['view', '@holdline/genesys', '--json']),
    );
    const expected = rehearsalMetadata(readMetadata(root));
    assert.deepEqual([repository.url, repository.directory], [`git+${expected.repository}`, 'packages/genesys']);
    assert.deepEqual(
      [homepage, bugs, author.name ?? author, license],
      [expected.homepage, expected.bugs, expected.author, 'MIT'],
    );
    assert.equal(gitHead, git('rev-parse', 'HEAD'));
    assert.ok(keywords.includes('genesys-cloud'));
  });
}

/** Publishes the next version with a patch of one package. The fixed group raises all packages. */
async function publishNext() {
  await check('the next version', async () => {
    const before = versionOf();
    writeFileSync(join(checkout, '.changeset/next.md'), "---\n'@holdline/core': patch\n---\n\nA change.\n");
    await addVersion();
    commitAll('The next version');
    assert.equal(countOf(await release(), 'published'), names.length);
    return `${before}, then ${versionOf()}`;
  });
}

// ── Projects.

/** Makes a project. `files` are copied into it: programs of this folder and of test/. */
function project(name, { dependencies, devDependencies, files = [], ...rest }) {
  const dir = join(work, name);
  mkdirSync(dir);
  writeJson(join(dir, 'package.json'), { name, private: true, type: 'module', dependencies, devDependencies, ...rest });
  for (const file of files) {
    const own = fileURLToPath(new URL(`projects/${file}`, import.meta.url));
    cpSync(existsSync(own) ? own : join(root, 'test', file), join(dir, file));
  }
  return dir;
}

const SDKS = ['axios', 'bottleneck', 'opossum', 'purecloud-platform-client-v2'];
const SMOKE = ['smoke.mjs', 'smoke.cjs', 'smoke-steps.cjs'];
const everything = (version) => ({
  ...Object.fromEntries(names.map((name) => [name, `^${version}`])),
  ...Object.fromEntries(SDKS.map((name) => [name, tested[name]])),
});
/** Runs the ESM and the CommonJS program. `start` runs Node with a file. */
async function smoke(start) {
  for (const file of SMOKE.slice(0, 2)) assert.match(await start(file), /: ok\n$/);
}

/** Two checks at a time, because the machines of CI have two cores. */
async function inTurn(jobs) {
  const queue = [...jobs];
  const work = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) await job();
  };
  await Promise.all([work(), work()]);
}

/** npm with every tool: module systems, Node versions, TypeScript versions and bundlers. */
async function npmProject(version) {
  const typescripts = Object.fromEntries(
    TYPESCRIPT.map((release) => [`typescript-${release}`, `npm:typescript@${release}`]),
  );
  const dir = project('with-npm', {
    dependencies: everything(version),
    devDependencies: { '@types/node': '20.19.43', ...typescripts, ...BUNDLERS },
    files: [...SMOKE, 'service.ts', 'service.cts', 'page.mjs', 'run-page.mjs'],
  });
  const isInstalled = await check('npm installs all packages without a complaint about peers', async () => {
    await npm(['install'], dir);
    await npm(['ls'], dir);
  });
  if (!isInstalled) return [];
  return [...nodeJobs(dir), ...typescriptJobs(dir), ...bundlerJobs(dir)];
}

function nodeJobs(dir) {
  const binaries = [
    ['this Node', process.execPath],
    ...Object.keys(nodes).map((name) => [name, join(root, 'test/node_modules', name, 'bin/node')]),
  ];
  return binaries.map(
    ([name, binary]) =>
      () =>
        check(`npm, ESM and CommonJS on ${name}`, async () => {
          await smoke((file) => run(binary, [file], { cwd: dir }));
          return (await run(binary, ['--version'])).trim();
        }),
  );
}

function typescriptJobs(dir) {
  const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'es2022'];
  const compilations = [
    [...strict, '--module', 'nodenext', '--lib', 'es2022', '--types', 'node', 'service.ts', 'service.cts'],
    [
      ...strict,
      '--module',
      'esnext',
      '--moduleResolution',
      'bundler',
      '--lib',
      'es2022,dom,dom.iterable',
      '--types',
      'web-only',
      '--allowJs',
      '--checkJs',
      'page.mjs',
    ],
  ];
  // An empty list of types cannot be given on the command line, so the page gets a package of types without content.
  mkdirSync(join(dir, 'node_modules/@types/web-only'), { recursive: true });
  writeFileSync(join(dir, 'node_modules/@types/web-only/index.d.ts'), 'export {};\n');
  return TYPESCRIPT.map(
    (release) => () =>
      check(`TypeScript ${release}: a service with Node types, a page with DOM types`, async () => {
        for (const options of compilations)
          await node([`node_modules/typescript-${release}/bin/tsc`, ...options], { cwd: dir });
      }),
  );
}

function bundlerJobs(dir) {
  const bin = (name, args) => run(join(dir, 'node_modules/.bin', name), args, { cwd: dir });
  writeFileSync(
    join(dir, 'vite.config.mjs'),
    "export default { build: { lib: { entry: 'page.mjs', formats: ['es'], fileName: () => 'page.mjs' }, outDir: 'out/vite' } };\n",
  );
  writeFileSync(
    join(dir, 'webpack.config.mjs'),
    "export default { mode: 'production', entry: './page.mjs', experiments: { outputModule: true }, performance: false, output: { path: import.meta.dirname + '/out/webpack', filename: 'page.mjs', library: { type: 'module' } } };\n",
  );
  const bundles = {
    vite: () => bin('vite', ['build']),
    webpack: () => bin('webpack', []),
    esbuild: () =>
      bin('esbuild', ['page.mjs', '--bundle', '--format=esm', '--minify', '--outfile=out/esbuild/page.mjs']),
  };
  return Object.entries(bundles).map(
    ([name, bundle]) =>
      () =>
        check(`${name} ${BUNDLERS[name]} bundles a page, and the bundle runs`, async () => {
          const output = await bundle();
          assert.doesNotMatch(output, /warn/i);
          await node(['run-page.mjs', `out/${name}/page.mjs`], { cwd: dir });
        }),
  );
}

/** The other package managers, each with a project of its own. */
function managerJobs(version) {
  const tools = project('tools', { dependencies: { pnpm: pnpmVersion, ...YARN } });
  const fresh = (name, rest) => project(name, { dependencies: everything(version), files: SMOKE, ...rest });
  const tool = (file) => join(tools, 'node_modules', file);
  const jobs = {
    [`pnpm ${pnpmVersion}`]: async () => {
      const dir = fresh('with-pnpm');
      await node([tool('pnpm/bin/pnpm.cjs'), 'install', '--strict-peer-dependencies'], { cwd: dir });
      await smoke((file) => node([file], { cwd: dir }));
    },
    [`yarn ${YARN.yarn}`]: async () => {
      const dir = fresh('with-yarn');
      await node([tool('yarn/bin/yarn.js'), 'install', '--non-interactive'], { cwd: dir });
      await smoke((file) => node([file], { cwd: dir }));
    },
    [`yarn ${YARN['@yarnpkg/cli-dist']} with Plug'n'Play`]: async () => {
      const dir = fresh('with-yarn-berry');
      const yarn = (...args) => node([tool('@yarnpkg/cli-dist/bin/yarn.js'), ...args], { cwd: dir });
      const settings = {
        npmRegistryServer: registry.url,
        unsafeHttpWhitelist: ['127.0.0.1'],
        enableTelemetry: false,
        enableImmutableInstalls: false,
        npmMinimalAgeGate: 0,
        globalFolder: join(work, 'cache/berry'),
      };
      writeJson(join(dir, '.yarnrc.yml'), settings);
      writeFileSync(join(dir, 'yarn.lock'), '');
      await yarn('install');
      await smoke((file) => yarn('node', file));
    },
  };
  return [
    async () => {
      await npm(['install'], tools);
      for (const [name, job] of Object.entries(jobs)) await check(`${name}: installs, ESM and CommonJS`, job);
    },
  ];
}

/** What a new user does first: one package alone. */
const aloneJob = () =>
  check('npm install @holdline/core, alone', async () => {
    const dir = project('alone', {});
    await npm(['install', '@holdline/core'], dir);
    const program =
      "import { createHoldline } from '@holdline/core'; const line = createHoldline(); console.log(Object.keys(line.snapshot()).length > 0); await line.close();";
    assert.equal(await node(['--input-type=module', '-e', program], { cwd: dir }), 'true\n');
    return `${Object.keys(readJson(join(dir, 'package-lock.json')).packages).length - 1} package`;
  });

const twoCores = (older, newer) =>
  check('two versions of core work side by side', async () => {
    const packages = {
      '@holdline/core': older,
      '@holdline/axios': newer,
      '@holdline/genesys': newer,
      '@holdline/simulator': newer,
    };
    const dir = project('two-cores', { dependencies: { ...packages, axios: tested.axios }, files: ['two-cores.mjs'] });
    await npm(['install'], dir);
    return (await node(['two-cores.mjs'], { cwd: dir })).trim();
  });

const started = performance.now();
try {
  copyWorkspace();
  await publishFirst();
  const version = versionOf();
  const others = managerJobs(version);
  let jobs;
  await inTurn([async () => (jobs = await npmProject(version)), aloneJob, ...others]);
  await inTurn(jobs);
  await publishNext();
  await twoCores(version, versionOf());
} catch (error) {
  failed++;
  console.log(`FAILED  ${error.stack}`);
}
await registry.stop();
console.log(
  `release rehearsal: ${passed} passed, ${failed} failed in ${((performance.now() - started) / 1000).toFixed(0)} s`,
);
process.exitCode = failed === 0 ? 0 : 1;
