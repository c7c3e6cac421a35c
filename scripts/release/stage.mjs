// Makes the tarballs of all packages. A tarball has the files of `files`, LICENSE, CHANGELOG.md, a README with absolute links, and a
// package.json with the metadata of release.json and the versions of our other packages.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { twoAtATime } from '../two-at-a-time.mjs';
import { absoluteLinks } from './links.mjs';
import { manifestEntries } from './metadata.mjs';

const DEPENDENCIES = ['dependencies', 'peerDependencies', 'optionalDependencies'];
/** Keys that only this workspace needs. */
const WORKSPACE_KEYS = ['scripts', 'devDependencies'];

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** The packages to publish, in an order in which each comes after those it depends on: `{ folder, manifest }`. */
export function publicPackages(root) {
  const all = readdirSync(join(root, 'packages'))
    .filter((folder) => existsSync(join(root, 'packages', folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readJson(join(root, 'packages', folder, 'package.json')) }))
    .filter(({ manifest }) => !manifest.private);
  const byName = new Map(all.map((entry) => [entry.manifest.name, entry]));
  const ordered = new Set();
  const add = (entry) => {
    for (const key of DEPENDENCIES)
      for (const name of Object.keys(entry.manifest[key] ?? {})) if (byName.has(name)) add(byName.get(name));
    ordered.add(entry);
  };
  all.forEach(add);
  return [...ordered];
}

/** The files that a package.json promises: its entry points. */
const entryFiles = (value) =>
  typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap((part) => entryFiles(part));

/** One sentence for each file that a tarball would lack. */
export function missingFiles(root) {
  return publicPackages(root).flatMap(({ folder, manifest }) => {
    const { main, module, types, exports } = manifest;
    const files = new Set(['README.md', ...entryFiles([main, module, types, exports])]);
    return [...files]
      .filter((file) => !existsSync(join(root, 'packages', folder, file)))
      .map((file) => `packages/${folder}: ${file} does not exist; run "npx pnpm build".`);
  });
}

function stagedManifest({ folder, manifest }, versions, metadata, commit) {
  const staged = { ...manifest, ...manifestEntries(metadata, folder), ...(commit && { gitHead: commit }) };
  // npm adds LICENSE and README.md by itself.
  staged.files = [...manifest.files, 'CHANGELOG.md'];
  for (const key of WORKSPACE_KEYS) delete staged[key];
  for (const key of DEPENDENCIES) {
    if (!staged[key]) continue;
    staged[key] = Object.fromEntries(
      Object.entries(staged[key]).map(([name, range]) => {
        const [, sign] = /^workspace:([\^~]|\*)$/.exec(range) ?? [];
        return [name, sign === undefined ? range : `${sign === '*' ? '' : sign}${versions.get(name)}`];
      }),
    );
  }
  return staged;
}

/** Stages all packages below `to` and packs them. Resolves with `{ name, version, folder, tarball }`, in the order of publishing. */
export async function stage({ root, to, metadata, commit }) {
  const packages = publicPackages(root);
  const versions = new Map(packages.map(({ manifest }) => [manifest.name, manifest.version]));
  const jobs = packages.map((entry) => async () => {
    const { folder, manifest } = entry;
    const { name, version } = manifest;
    const from = join(root, 'packages', folder);
    const staged = join(to, folder);
    mkdirSync(staged, { recursive: true });
    for (const part of manifest.files) cpSync(join(from, part), join(staged, part), { recursive: true });
    cpSync(join(root, 'LICENSE'), join(staged, 'LICENSE'));
    if (existsSync(join(from, 'CHANGELOG.md'))) cpSync(join(from, 'CHANGELOG.md'), join(staged, 'CHANGELOG.md'));
    const urlOf = (path, isImage) => {
      const page = existsSync(join(root, path, 'README.md')) ? `${path}/README.md` : path;
      return metadata[isImage ? 'images' : 'files'].replace('{tag}', `v${version}`).replace('{path}', page);
    };
    const readme = readFileSync(join(from, 'README.md'), 'utf8');
    writeFileSync(join(staged, 'README.md'), absoluteLinks(readme, `packages/${folder}`, urlOf));
    const stagedJson = stagedManifest(entry, versions, metadata, commit);
    writeFileSync(join(staged, 'package.json'), `${JSON.stringify(stagedJson, null, 2)}\n`);
    const { stdout: packed } = await promisify(execFile)('npm', ['pack', '--json', '--pack-destination', to], {
      cwd: staged,
      maxBuffer: 64 * 2 ** 20,
    });
    // npm 11 answers with a list, later versions with an object by name.
    const [{ filename, size, files }] = Object.values(JSON.parse(packed));
    return { name, version, folder: staged, tarball: join(to, filename), size, files: files.map(({ path }) => path) };
  });
  return twoAtATime(jobs);
}
