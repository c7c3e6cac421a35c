// Runs four loads on the real Genesys SDK, without and with cache, bulk reads, live values and bulk writes. The simulator counts.
import { LOADS } from './loads.mjs';

console.log('Shows: four loads need a fraction of their requests with cache, bulk reads, live values and bulk writes.');
console.log('The real Genesys SDK runs each load twice. The simulator counts its requests.\n');

const number = (value) => Math.round(value).toLocaleString('en-US');
let held = true;
for (const { name, run, reach, short } of LOADS) {
  const alone = await run({ withHoldline: false, ...short });
  const { requests, wrong, refused, longestMs } = await run({ withHoldline: true, ...short });
  console.log(`${name}:`);
  console.log(`  SDK alone      ${number(alone.requests).padStart(7)} requests`);
  console.log(
    `  with Holdline  ${number(requests).padStart(7)} requests, ${refused} refused, longest wait ${number(longestMs)} ms\n`,
  );
  if (wrong > 0 || refused > 0 || requests > (reach ?? alone.requests / 50)) held = false;
}
console.log(
  held
    ? 'Held: each caller got its own result, from fewer requests, and the platform refused none.'
    : 'Did not hold: a result was wrong, a request was refused, or there were too many requests.',
);
process.exitCode = held ? 0 : 1;
