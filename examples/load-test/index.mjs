// 200 agents log in to the simulator: first all at once, then at the pace of the platform. Client and simulator count the same.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const AGENTS = 200;
/** A minute of the platform lasts this long here, ms. So the example ends in half a minute, with the numbers of a minute. */
const MINUTE_MS = 5_000;
const SCRIPTS_PER_MINUTE = 60;
/**
 * Agents per second. autocannon sends those of a second together, and a window of 5 s may touch six such groups: 6 × 10 = 60 scripts.
 */
const PER_SECOND = 10;

const cli = fileURLToPath(new URL('cli.js', import.meta.resolve('holdline')));
const load = fileURLToPath(new URL('autocannon.mjs', import.meta.url));

/** Starts `holdline simulator`. `stop` ends it and returns what it counted. */
async function startPlatform() {
  const child = spawn(
    process.execPath,
    [
      cli,
      'simulator',
      '--no-ui',
      '--limit',
      `300/${MINUTE_MS}ms,name=token.rate.per.minute`,
      '--limit',
      `${SCRIPTS_PER_MINUTE}/${MINUTE_MS}ms,per=route,match=GET /api/v2/scripts/:id,enforcement=sliding,name=scripts.per.minute`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  const ended = once(child, 'close');
  const url = await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      const [, found] = /Genesys Cloud: (http:\S+)/.exec(output) ?? [];
      if (found) resolve(found);
    });
    child.on('close', () => reject(new Error(`the simulator ended: ${output}`)));
  });
  const numberBefore = (words) => Number(new RegExp(`([\\d,]+) ${words}`).exec(output)?.[1].replaceAll(',', ''));
  return {
    url,
    async stop() {
      child.kill('SIGINT');
      await ended;
      return {
        tokenRequests: numberBefore('token requests'),
        apiRequests: numberBefore('API requests'),
        refused: numberBefore('refused with 429'),
      };
    },
  };
}

async function run(title, more) {
  const platform = await startPlatform();
  const args = [load, '--url', platform.url, '--agents', String(AGENTS), ...more];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const client = JSON.parse(stdout);
  const counted = await platform.stop();
  const isEqual = Object.keys(counted).every((key) => counted[key] === client[key]);
  console.log(`${title}:`);
  for (const [side, numbers] of [
    ['autocannon', client],
    ['simulator', counted],
  ])
    console.log(
      `  ${side.padEnd(10)} ${numbers.tokenRequests} token requests, ${numbers.apiRequests} API requests, ${numbers.refused} refused`,
    );
  console.log(`  in ${client.seconds} s, p99 of all answers ${client.latencyMs.p99} ms\n`);
  return { isEqual, refused: client.refused };
}

console.log('Shows: a load test without an org, against `holdline simulator`. Both sides count the same.');
console.log(
  `${AGENTS} agents log in and read their user and a script. The platform allows ${SCRIPTS_PER_MINUTE} scripts in ${MINUTE_MS / 1_000} s.\n`,
);
const burst = await run('All at once', []);
const paced = await run(`${PER_SECOND} agents per second`, ['--per-second', String(PER_SECOND)]);
const holds = burst.isEqual && paced.isEqual && burst.refused > 0 && paced.refused === 0;
console.log(
  holds
    ? `Held: both sides counted the same, and the pace of the platform needs no refusal instead of ${burst.refused}.`
    : `Did not hold: the sides counted differently, or the paced run had ${paced.refused} refusals.`,
);
process.exitCode = holds ? 0 : 1;
