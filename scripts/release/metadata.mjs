// What every package.json says about the project comes from release.json: where the project lives, who publishes it, and keywords.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const FILE = 'release.json';

const URL = /^https:\/\/[^\s{}]+$/;
const PATTERN = /^https:\/\/\S+$/;

/** The keys with what is allowed, and its check. The order is that of the messages. */
const KEYS = [
  [
    'repository',
    'the https URL of the Git repository, which ends in ".git"',
    (text) => URL.test(text) && text.endsWith('.git'),
  ],
  [
    'files',
    'the https URL of a file in the repository, with {tag} and {path} in place of the version tag and the path',
    isPattern,
  ],
  ['images', 'the https URL of the bare content of a file, with {tag} and {path}', isPattern],
  ['homepage', 'the https URL of the documentation', (text) => URL.test(text)],
  ['bugs.url', 'the https URL of the issue tracker', (text) => URL.test(text)],
  [
    'bugs.email',
    'the e-mail address for reports of vulnerabilities',
    (text) => /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(text),
  ],
  [
    'author',
    'a name, with "<e-mail>" and "(URL)" after it if wanted',
    (text) => /^[^\s<(][^<(]*( <\S+>)?( \(\S+\))?$/.test(text),
  ],
];

function isPattern(text) {
  return PATTERN.test(text) && ['{tag}', '{path}'].every((part) => text.split(part).length === 2);
}

const valueAt = (object, path) => path.split('.').reduce((value, key) => value?.[key], object);

export const readMetadata = (root) => JSON.parse(readFileSync(join(root, FILE), 'utf8'));

/** One sentence for each entry that is missing or wrong. `names` are the folders of the packages, which all need keywords. */
export function metadataProblems(metadata, names) {
  const problems = [];
  const allowed = ['keywords', ...new Set(KEYS.map(([path]) => path.split('.')[0]))];
  for (const key of Object.keys(metadata))
    if (!allowed.includes(key)) problems.push(`${FILE}: "${key}" is unknown; allowed are ${allowed.join(', ')}.`);
  for (const [path, allowedValue, isAllowed] of KEYS) {
    const value = valueAt(metadata, path);
    if (!value) problems.push(`${FILE}: "${path}" is missing; allowed is ${allowedValue}.`);
    else if (typeof value !== 'string' || !isAllowed(value))
      problems.push(`${FILE}: "${path}" is ${JSON.stringify(value)}; allowed is ${allowedValue}.`);
  }
  for (const name of ['all', ...names]) {
    const words = metadata.keywords?.[name];
    if (!Array.isArray(words) || words.some((word) => typeof word !== 'string' || !word))
      problems.push(`${FILE}: "keywords.${name}" is missing; allowed is a list of words.`);
  }
  return problems;
}

/** Complete metadata for checks and rehearsals, while the true entries are not known. The hosts do not exist. */
export const rehearsalMetadata = ({ keywords }) => ({
  repository: 'https://git.example/holdline/holdline.git',
  files: 'https://git.example/holdline/holdline/blob/{tag}/{path}',
  images: 'https://git.example/holdline/holdline/raw/{tag}/{path}',
  homepage: 'https://holdline.example/',
  bugs: { url: 'https://git.example/holdline/holdline/issues', email: 'security@holdline.example' },
  author: 'Holdline rehearsal',
  keywords,
});

/** The entries of a package.json that come from the metadata. */
export const manifestEntries = ({ repository, homepage, bugs, author, keywords }, name) => ({
  keywords: [...new Set([...keywords.all, ...keywords[name]])],
  homepage,
  bugs,
  repository: { type: 'git', url: `git+${repository}`, directory: `packages/${name}` },
  author,
});
