import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

// Says to @sparticuz/chromium that the libraries it brings are wanted too.
const UNPACK = { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' };

/** The directory with the Chromium that an npm package brought, unpacked once per machine and version. */
async function unpacked() {
  const { version } = JSON.parse(
    await readFile(join(import.meta.dirname, 'node_modules/@sparticuz/chromium/package.json'), 'utf8'),
  );
  const place = join(tmpdir(), `holdline-chromium-${version}`);
  if (existsSync(place)) return place;
  // The package goes by the existence of files, also of one that is not whole yet: unpack aside, then move.
  const aside = await mkdtemp(`${place}-`);
  await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', "(await import('@sparticuz/chromium')).default.executablePath()"],
    { cwd: import.meta.dirname, env: { ...process.env, ...UNPACK, TMPDIR: aside } },
  );
  // Somebody may have been faster.
  await rename(aside, place).catch(() => rm(aside, { recursive: true }));
  return place;
}

/** Starts a real Chromium with all its protections but the sandbox, which containers have no rights for. Close it. */
export async function startChromium() {
  const place = await unpacked();
  return chromium.launch({
    executablePath: join(place, 'chromium'),
    args: ['--no-sandbox'],
    env: { ...process.env, LD_LIBRARY_PATH: join(place, 'al2023/lib'), FONTCONFIG_PATH: join(place, 'fonts') },
  });
}
