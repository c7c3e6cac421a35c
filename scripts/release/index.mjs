// Publishes all packages of the folder it runs in: `npx pnpm release`. It refuses first and publishes last. A release that broke in the
// middle goes on where it stopped: packages that this commit has published are skipped.
// --dry-run    does everything except publishing and tagging
// --no-verify  leaves out the build and the tests, for a commit that has passed them
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { twoAtATime } from '../two-at-a-time.mjs';
import { metadataProblems, readMetadata } from './metadata.mjs';
import { missingFiles, publicPackages, stage } from './stage.mjs';

const root = process.cwd();
const { values: options } = parseArgs({
  options: { 'dry-run': { type: 'boolean', default: false }, 'no-verify': { type: 'boolean', default: false } },
});

const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

/** Ends the process with the reasons, before anything was published. */
function refuse(reasons) {
  if (reasons.length === 0) return;
  console.error(`No release:\n${reasons.map((reason) => `  - ${reason}`).join('\n')}`);
  process.exit(1);
}

/** Reasons that need neither a build nor the registry. */
function reasonsAgainst(packages, commit) {
  const reasons = metadataProblems(
    readMetadata(root),
    packages.map(({ folder }) => folder),
  );
  if (git('status', '--porcelain')) reasons.push('Files are changed and not committed; see "git status".');
  const pending = readdirSync(join(root, '.changeset')).filter((file) => file.endsWith('.md') && file !== 'README.md');
  if (pending.length > 0)
    reasons.push(`.changeset has ${pending.length} changes that no version contains; run "npx pnpm release:version".`);
  const [{ manifest: first }] = packages;
  for (const { folder, manifest } of packages) {
    const { version } = manifest;
    const changelog = join(root, 'packages', folder, 'CHANGELOG.md');
    if (version !== first.version)
      reasons.push(
        `packages/${folder} has version ${version} and ${first.name} has ${first.version}; all versions are the same.`,
      );
    if (!existsSync(changelog) || !readFileSync(changelog, 'utf8').includes(`\n## ${version}\n`))
      reasons.push(`packages/${folder}/CHANGELOG.md has no entry for ${version}; run "npx pnpm release:version".`);
  }
  const tagged = git('tag', '--list', `v${first.version}`) && git('rev-list', '-n', '1', `v${first.version}`);
  if (tagged && tagged !== commit) reasons.push(`The tag v${first.version} is at commit ${tagged}; raise the version.`);
  return reasons;
}

/** The commit from which the registry got a version: `undefined` if it has not got it, `''` if it does not say. */
async function publishedCommit({ name, version }) {
  const { status, stdout } = await promisify(execFile)(
    'npm',
    ['view', `${name}@${version}`, 'version', 'gitHead', '--json'],
    { cwd: tmpdir() },
  ).then(
    ({ stdout }) => ({ status: 0, stdout }),
    (error) => ({ status: error.code, stdout: error.stdout ?? '' }),
  );
  const answer = stdout.trim() ? JSON.parse(stdout) : {};
  if (answer.error && answer.error.code !== 'E404') throw new Error(`npm view ${name}: ${answer.error.summary}`);
  if (status !== 0 && !answer.error) throw new Error(`npm view ${name} failed with status ${status}.`);
  return answer.version === undefined && typeof answer !== 'string' ? undefined : (answer.gitHead ?? '');
}

/** Provenance needs an identity of the job. GitHub gives it with `id-token: write`, GitLab as SIGSTORE_ID_TOKEN. */
const canProve = ({ GITHUB_ACTIONS, ACTIONS_ID_TOKEN_REQUEST_URL, GITLAB_CI, SIGSTORE_ID_TOKEN }) =>
  Boolean((GITHUB_ACTIONS && ACTIONS_ID_TOKEN_REQUEST_URL) || (GITLAB_CI && SIGSTORE_ID_TOKEN));

async function publish(entry, commit) {
  const args = ['publish', entry.tarball, '--loglevel=error', '--tag', entry.version.includes('-') ? 'next' : 'latest'];
  if (canProve(process.env)) args.push('--provenance');
  const { status } = spawnSync('npm', args, { cwd: tmpdir(), stdio: 'inherit' });
  // The registry may have taken a package although npm failed, for example when the connection broke.
  return status === 0 || (await publishedCommit(entry)) === commit;
}

const packages = publicPackages(root);
const commit = git('rev-parse', 'HEAD');
refuse(reasonsAgainst(packages, commit));
if (!options['no-verify']) {
  const { status } = spawnSync(process.execPath, ['scripts/run.mjs', 'test'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) refuse(['The build or a test failed.']);
}
refuse(missingFiles(root));

const to = mkdtempSync(join(tmpdir(), 'holdline-release-'));
process.on('exit', () => rmSync(to, { recursive: true, force: true }));
const staged = await stage({ root, to, metadata: readMetadata(root), commit });
const commits = await twoAtATime(staged.map((entry) => () => publishedCommit(entry)));
const published = new Map(staged.map((entry, index) => [entry, commits[index]]));
refuse(
  [...published]
    .filter(([, from]) => from !== undefined && from !== commit)
    .map(
      ([{ name, version }, from]) =>
        `${name} ${version} is published from commit ${from || '(unknown)'}; raise the version.`,
    ),
);

for (const [entry, from] of published) {
  const { name, version, size, files } = entry;
  const what = `${name}@${version}`;
  if (from !== undefined) console.log(`${what} is already published`);
  else if (options['dry-run'])
    console.log(`${what} would be published: ${(size / 1_000).toFixed(0)} kB, ${files.length} files`);
  else if (await publish(entry, commit)) console.log(`${what} published`);
  else {
    console.error(`${what} was not published. Remove the cause and run the command again: it goes on with ${what}.`);
    process.exit(1);
  }
}
if (!options['dry-run']) {
  const tag = `v${packages[0].manifest.version}`;
  if (!git('tag', '--list', tag)) git('tag', tag);
  console.log(`All ${staged.length} packages are published. Now push the tag: git push origin ${tag}`);
}
