// Follows docs/extend/create-an-adapter.md for two clients of npm, with the packages of a local registry: from `npm create` to a green
// contract. strangers/ has what somebody wrote who had only the docs and the registry. `node scripts/release/strangers.mjs [client …]`, after
// a build; about four minutes. CI does not run it, because the rehearsal checks the projects of all templates.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readMetadata, rehearsalMetadata } from './metadata.mjs';
import { stage } from './stage.mjs';
import { check, finish, npm, root, work } from './workbench.mjs';

const STRANGERS = {
  needle: {
    create: ['--template', 'immutable-client', '--client', 'needle@^3.5.0', '--guard', 'guardNeedle'],
    types: '@types/needle@^3.3.0',
  },
  superagent: {
    create: ['--template', 'function-client', '--client', 'superagent@^10.4.2', '--guard', 'guardSuperagent'],
    types: '@types/superagent@^8.1.0',
  },
};

await check('the packages are in the registry', async () => {
  const to = join(work, 'staged');
  mkdirSync(to);
  const staged = await stage({ root, to, metadata: rehearsalMetadata(readMetadata(root)) });
  for (const { tarball } of staged) await npm(['publish', tarball, '--access', 'public', '--ignore-scripts'], work);
  return `${staged.length} packages`;
});

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(STRANGERS);
for (const client of wanted) {
  const { create, types } = STRANGERS[client];
  const name = `holdline-${client}`;
  const folder = join(work, name);
  await check(`${client}: npm create makes the project`, () =>
    npm(['create', '@holdline/adapter', name, '--', ...create], work),
  );
  await check(`${client}: npm install`, async () => void (await npm(['install'], folder)));
  await check(`${client}: the project passes its checks before anybody changes it`, () =>
    npm(['run', 'check'], folder),
  );
  await check(`${client}: the adapter of the stranger takes the place of the example`, async () => {
    cpSync(join(root, 'scripts/release/strangers', client), folder, { recursive: true });
    rmSync(join(folder, 'test/example-client.ts'));
    await npm(['pkg', 'delete', 'private'], folder);
    await npm(['install', '--save-dev', types], folder);
    await npm(['run', 'format'], folder);
    await npm(['run', 'readme'], folder);
  });
  await check(`${client}: it passes the contract and all checks`, async () => {
    const output = await npm(['run', 'check'], folder);
    return /\d+ passed, 0 failed, \d+ left out/.exec(output)?.[0];
  });
}
await finish();
