// A local npm registry for rehearsals: verdaccio on a free port of 127.0.0.1. Anyone on this machine may publish `@holdline/*` and `holdline` to it.
// It gets all other packages from the registry of the npm configuration.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runServer } from 'verdaccio';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The registry of the npm configuration, with its certificates and proxies, as npm itself would use it. */
function uplinkOfNpm() {
  const listed = execFileSync('npm', ['config', 'list', '--json'], { cwd: root, encoding: 'utf8' });
  const config = JSON.parse(listed);
  return {
    url: config.registry,
    strict_ssl: config['strict-ssl'],
    agent_options: { keepAlive: true, ca: config.cafile ? readFileSync(config.cafile) : (config.ca ?? undefined) },
    ...(config.proxy && { http_proxy: config.proxy }),
    ...(config['https-proxy'] && { https_proxy: config['https-proxy'] }),
  };
}

/** Starts a registry that keeps its files in a folder. `home` has the npm configuration that publishes to it and installs from it. */
export async function startRegistry(folder) {
  const app = await runServer({
    self_path: folder,
    storage: join(folder, 'storage'),
    uplinks: { npm: { ...uplinkOfNpm(), maxage: '1h', timeout: '120s', max_fails: 10 } },
    packages: {
      '@holdline/*': { access: '$all', publish: '$all' },
      holdline: { access: '$all', publish: '$all' },
      '**': { access: '$all', proxy: 'npm' },
    },
    max_body_size: '50mb',
    log: { type: 'stdout', format: 'pretty', level: 'fatal' },
    web: { enable: false },
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${server.address().port}`;

  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  // npm publishes only with a token. This registry ignores it.
  writeFileSync(join(home, '.npmrc'), `registry=http://${host}/\n//${host}/:_authToken=rehearsal\n`);
  return {
    url: `http://${host}/`,
    home,
    stop: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}
