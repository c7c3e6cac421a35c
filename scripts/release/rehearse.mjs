// Rehearses a release from end to end: publishes a copy of this workspace to a local registry with the release command, then installs from
// it in fresh projects and runs them. Needs a build. `npx pnpm release:rehearse`; one line per check, and a total.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { twoAtATime } from '../two-at-a-time.mjs';
import { createProjects } from './created-projects.mjs';
import { followPage } from './follow-page.mjs';
import { checkManagers, checkOneAlone, checkTwoCores, installWithNpm } from './fresh-projects.mjs';
import { readMetadata, rehearsalMetadata } from './metadata.mjs';
import { publicPackages } from './stage.mjs';
import { check, finish, node, npm, root, run, work, writeJson } from './workbench.mjs';

const GIT_SETTINGS = ['user.name=rehearsal', 'user.email=rehearsal@holdline.example', 'commit.gpgsign=false'];
const checkout = join(work, 'checkout');
const git = (...args) =>
  execFileSync('git', [...GIT_SETTINGS.flatMap((setting) => ['-c', setting]), ...args], {
    cwd: checkout,
    encoding: 'utf8',
  }).trim();
const commitAll = (message) => (git('add', '-A'), git('commit', '-qm', message, '--allow-empty'));
const release = (args = [], options) =>
  node([join(root, 'scripts/release/index.mjs'), '--no-verify', ...args], { cwd: checkout, ...options });
const addVersion = () => node([join(root, 'node_modules/@changesets/cli/bin.js'), 'version'], { cwd: checkout });

/** Copies this workspace with its build, and makes a repository of the copy. */
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

/** Does what the pages for newcomers say, with the packages of the registry. */
async function followPages() {
  for (const page of ['getting-started', 'extend/write-an-adapter', 'extend/write-a-policy'])
    await check(`docs/${page}.md works as it is written`, async () => {
      const folder = join(work, 'pages', page);
      mkdirSync(folder, { recursive: true });
      const { files, commands, outputs } = await followPage(join(root, 'docs', `${page}.md`), folder, run);
      return `${files} files, ${commands} commands, ${outputs} promised outputs`;
    });
}

copyWorkspace();
await publishFirst();
const version = versionOf();
const checks = [];
await twoAtATime([
  async () => checks.push(...(await createProjects())),
  async () => checks.push(...(await installWithNpm(names, version))),
  () => checkManagers(names, version),
  checkOneAlone,
  followPages,
]);
// These checks install nothing from the registry except what the next version needs.
await twoAtATime([
  async () => {
    await publishNext();
    await checkTwoCores(version, versionOf());
  },
  ...checks,
]);
await finish();
