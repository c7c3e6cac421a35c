// Runs four loads on the real Genesys SDK, without and with cache, bulk reads, live values and bulk writes. The simulator counts.
// `--full` runs their full durations and numbers, which takes 25 minutes.
import { LOADS } from './loads.mjs';

console.log('Shows: four loads need a fraction of their requests with cache, bulk reads, live values and bulk writes.');
console.log('The real Genesys SDK runs each load twice. The simulator counts its requests.\n');

const isFull = process.argv.includes('--full');
const number = (value) => Math.round(value).toLocaleString('en-US');
const inWords = (parameters) =>
  Object.entries(parameters)
    .map(([name, value]) => `${name} ${number(value)}`)
    .join(', ');
let held = true;
for (const { name, run, reach, patienceMs = Infinity, short, shortAlone } of LOADS) {
  const sizes = isFull ? {} : short;
  const fewer = isFull ? {} : { ...short, ...shortAlone };
  const alone = await run({ withHoldline: false, ...fewer });
  const { requests, wrong, refused, longestMs } = await run({ withHoldline: true, ...sizes });
  console.log(`${name}:`);
  const note = Object.keys(fewer).length > 0 ? `, shortened to ${inWords(fewer)}` : '';
  console.log(`  SDK alone      ${number(alone.requests).padStart(7)} requests${note}`);
  const ofHoldline = Object.keys(sizes).length > 0 ? `, shortened to ${inWords(sizes)}` : '';
  console.log(
    `  with Holdline  ${number(requests).padStart(7)} requests, ${refused} refused, longest wait ${number(longestMs)} ms${ofHoldline}\n`,
  );
  if (wrong > 0 || refused > 0 || requests > reach || longestMs > patienceMs) held = false;
}
console.log(
  held
    ? 'Held: each caller got its own result, from fewer requests, and the platform refused none.'
    : 'Did not hold: a result was wrong, a request was refused, a wait was too long, or there were too many requests.',
);
process.exitCode = held ? 0 : 1;
