// The child process of child.mjs. The files are separate, because scenarios import child.mjs and would wait for this file endlessly.
const [scenario, fn, argument] = process.argv.slice(2);
process.on('disconnect', () => process.exit(1));
// An unhandled rejection of one peer must not end the run of all contestants.
const unhandled = [];
process.on('unhandledRejection', (error) => unhandled.push(String(error)));
const exit = (message) => process.send(message, () => process.exit(0));
try {
  const module = await import(new URL(`../scenarios/${scenario}.mjs`, import.meta.url));
  const result = await module[fn](JSON.parse(argument));
  if (unhandled.length > 0)
    console.log(`  ${scenario}: ${unhandled.length} unhandled rejections, the first: ${unhandled[0]}`);
  exit({ result });
} catch (error) {
  exit({ error: error?.stack ?? String(error) });
}
