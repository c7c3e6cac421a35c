// Projects that `npm create @holdline/adapter` makes: one of each template, from the registry, with every check that its author runs.
// One npm workspace holds them, so npm installs their tools once.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, npm, readJson, work, writeJson } from './workbench.mjs';

const folder = join(work, 'created');

/** The options of each template. Their values are awkward, because they end in file names, code, JSON and Markdown. */
const PROJECTS = {
  'function-client': ['--template', 'function-client', '--description', `"Quoted" \`code\` *stars* <b> \${x} $name$`],
  'axios-sdk': [
    '--template',
    'axios-sdk',
    '--name',
    '@example/holdline-sdk',
    '--author',
    'Ada "A." Byron <ada@example.org>',
  ],
  'fetch-sdk': ['--template', 'fetch-sdk', '--client', 'needle@^3.3.1', '--license', 'ISC'],
  'immutable-client': [
    '--template',
    'immutable-client',
    '--guard',
    'guardALongNameThatSomeVendorHasChosen',
    '--license',
    'UNLICENSED',
  ],
  policy: ['--policy', '--name', 'holdline-freeze'],
};

/** Creates the projects and installs them. Resolves with one check per project. */
export async function createProjects() {
  mkdirSync(folder);
  writeJson(join(folder, 'package.json'), { private: true, workspaces: Object.keys(PROJECTS) });
  const isInstalled = await check('npm create makes a project of each template, and npm installs them', async () => {
    for (const [name, options] of Object.entries(PROJECTS))
      await npm(['create', '@holdline/adapter', `created/${name}`, '--', ...options], work);
    await npm(['install'], folder);
    return `${Object.keys(PROJECTS).length} projects`;
  });
  return isInstalled ? Object.keys(PROJECTS).map((name) => () => checkProject(name)) : [];
}

const checkProject = (name) =>
  check(`the project of template ${name} passes its checks`, async () => {
    const dir = join(folder, name);
    const output = await npm(['run', 'check'], dir);
    const { scripts } = readJson(join(dir, 'package.json'));
    const passed = /Tests +(\d+) passed \(\1\)/.exec(output.replaceAll(/\u001b\[\d+m/g, ''))?.[1];
    assert.ok(passed, output);
    assert.ok(scripts.prepublishOnly.includes('check'));
    assert.match(readFileSync(join(dir, 'README.md'), 'utf8'), /^# /);
    return `${passed} tests`;
  });
