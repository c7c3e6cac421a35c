import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

// This variable makes @sparticuz/chromium unpack its shared libraries too.
const UNPACK = { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' };

/** The configuration in the package names other directories. Without a font, Chromium crashes on a page with a text field. */
const fontConfig = (place) => `<?xml version="1.0"?>
<fontconfig>
  <dir>${place}/fonts/fonts</dir>
  <cachedir>${place}/fonts/cache</cachedir>
</fontconfig>
`;

/** Unpacks the Chromium of an npm package once per machine and version, and returns the directory. */
async function unpackChromium() {
  const { version } = JSON.parse(
    await readFile(join(import.meta.dirname, 'node_modules/@sparticuz/chromium/package.json'), 'utf8'),
  );
  const place = join(tmpdir(), `holdline-chromium-${version}-fonts`);
  if (existsSync(place)) return place;
  // The package reuses every existing file, even an incomplete one. So unpack into a temporary directory and rename that.
  const aside = await mkdtemp(`${place}-`);
  await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', "(await import('@sparticuz/chromium')).default.executablePath()"],
    { cwd: import.meta.dirname, env: { ...process.env, ...UNPACK, TMPDIR: aside } },
  );
  await writeFile(join(aside, 'fonts/fonts.conf'), fontConfig(place));
  // Another process may have renamed its directory first.
  await rename(aside, place).catch(() => rm(aside, { recursive: true }));
  return place;
}

/** Starts a real Chromium without the sandbox, because containers do not permit one. The caller closes the browser. */
export async function startChromium() {
  const place = await unpackChromium();
  return chromium.launch({
    executablePath: join(place, 'chromium'),
    args: ['--no-sandbox'],
    env: { ...process.env, LD_LIBRARY_PATH: join(place, 'al2023/lib'), FONTCONFIG_PATH: join(place, 'fonts') },
  });
}
