// Plain JavaScript without dependencies: scripts/nginx.mjs uses this file before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackProgram } from './debian-program.mjs';
import { freePort } from './redis-process.mjs';

const MODULE = 'ngx_http_js_module.so';
const PLACES = [
  '/usr/lib/nginx/modules',
  '/usr/lib64/nginx/modules',
  '/etc/nginx/modules',
  '/opt/homebrew/lib/nginx/modules',
];

/** Debian's packages: NGINX, its module for njs, and the libraries that a bare machine lacks. */
const PACKAGES = ['nginx', 'libnginx-mod-http-js', 'libpcre2-8-0', 'libssl3', 'libcrypt1', 'zlib1g'];

/** Whether this NGINX runs with its module, shown by a configuration that uses both. */
function runs({ command, modules, env }) {
  const dir = mkdtempSync(join(tmpdir(), 'holdline-nginx-try-'));
  try {
    writeFileSync(join(dir, 'try.js'), 'function f() { return ""; }\nexport default { f };\n');
    const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((n) => `${n}_temp_path ${dir}/${n};`)
      .join(' ');
    const http = `http { access_log off; ${temp} js_import t from ${dir}/try.js; js_set $t t.f; }`;
    const text = `load_module ${modules}/${MODULE};\npid ${dir}/pid;\nerror_log ${dir}/log;\nevents {}\n${http}\n`;
    writeFileSync(join(dir, 'try.conf'), text);
    const args = ['-e', join(dir, 'log'), '-t', '-p', dir, '-c', join(dir, 'try.conf')];
    return spawnSync(command, args, { stdio: 'ignore', env: { ...process.env, ...env } }).status === 0;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The NGINX that the environment names, or that of the machine. */
function installed() {
  const named = process.env.HOLDLINE_NGINX_MODULES;
  const command = process.env.HOLDLINE_NGINX ?? ['nginx', '/usr/sbin/nginx'].find(exists);
  const modules = named ?? PLACES.find((place) => existsSync(join(place, MODULE)));
  return command !== undefined && modules !== undefined ? { command, modules, env: {} } : undefined;
}

const exists = (command) => spawnSync(command, ['-v'], { stdio: 'ignore' }).status === 0;

/** Debian's packages, unpacked. */
function unpacked() {
  const program = unpackProgram({ name: 'NGINX', packages: PACKAGES, path: 'usr/sbin/nginx' });
  return program && { ...program, modules: join(program.command, '../../lib/nginx/modules') };
}

let found;

/**
 * Returns the command of NGINX and the folder of its module for njs: those of `HOLDLINE_NGINX` and `HOLDLINE_NGINX_MODULES`, else those of the
 * machine, else Debian's packages, unpacked into a folder of this repository.
 */
export function bringNginx() {
  found ??= findNginx();
  if (found) return found;
  const { HOLDLINE_NGINX: command, HOLDLINE_NGINX_MODULES: modules } = process.env;
  const reason =
    command || modules
      ? `HOLDLINE_NGINX (${command ?? 'not set'}) does not run with HOLDLINE_NGINX_MODULES (${modules ?? 'not set'})`
      : 'this machine has none that runs';
  throw new Error(
    `The tests need NGINX with its module for njs (${MODULE}): ${reason}. Install them (apt-get install nginx-light libnginx-mod-http-js, or nginx and nginx-module-njs from nginx.org), or set HOLDLINE_NGINX to the command and HOLDLINE_NGINX_MODULES to the folder of the module.`,
  );
}

function findNginx() {
  const own = installed();
  if (own && runs(own)) return own;
  if (process.env.HOLDLINE_NGINX || process.env.HOLDLINE_NGINX_MODULES) return undefined;
  const debian = unpacked();
  return debian && runs(debian) ? debian : undefined;
}

/** Runs `nginx -t` on files. Returns its output if it refuses them, else undefined. */
export function refusalOfNginx(directory, file = 'nginx.conf') {
  const { command, env } = bringNginx();
  const args = ['-e', join(directory, 'error.log'), '-t', '-p', directory, '-c', join(directory, file)];
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...env } });
  return status === 0 ? undefined : stderr;
}

/** An NGINX in a directory of its own. */
export class NginxProcess {
  #child = undefined;
  #output = '';

  constructor(directory, port) {
    this.directory = directory;
    this.port = port;
  }

  /** Makes a directory and finds a free port. `make` returns the files for them. */
  static async spawn(make) {
    const { modules } = bringNginx();
    const directory = mkdtempSync(join(tmpdir(), 'holdline-nginx-'));
    const server = new NginxProcess(directory, await freePort());
    server.write(make({ directory, port: server.port, modules }));
    try {
      await server.#start();
    } catch (error) {
      await server.end();
      throw error;
    }
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Writes files into the directory. `reload()` applies them. */
  write(files) {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.directory, name), text);
  }

  read(name) {
    const path = join(this.directory, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  async #start() {
    const { command, env } = bringNginx();
    const args = [
      '-e',
      join(this.directory, 'error.log'),
      '-p',
      this.directory,
      '-c',
      join(this.directory, 'nginx.conf'),
    ];
    const child = spawn(command, [...args, '-g', 'daemon off;'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.#child = child;
    child.stderr.on('data', (chunk) => (this.#output += chunk));
    let ended;
    child.on('close', () => (ended = new Error(`NGINX ended: ${this.#output}${this.read('error.log')}`)));
    child.on('error', (error) => (ended = error));
    while (!(await accepts(this.port))) {
      if (ended) throw ended;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Processes of this NGINX besides its master. */
  workers() {
    const { pid } = this.#child;
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return list.split(' ').filter(Boolean).map(Number);
  }

  /** Applies the files. Settles when new workers serve, which then accept connections beside the old ones. */
  async reload() {
    const before = new Set(this.workers());
    this.#child.kill('SIGHUP');
    while (!this.workers().some((pid) => !before.has(pid))) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async end() {
    const child = this.#child;
    this.#child = undefined;
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

async function accepts(port) {
  const socket = connect(port, '127.0.0.1');
  const result = await Promise.race([
    once(socket, 'connect').then(
      () => true,
      () => false,
    ),
    once(socket, 'error').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return result;
}
