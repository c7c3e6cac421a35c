// The child process of child.mjs. Apart from it: scenarios import that one, and would wait for this one for ever.
const [scenario, fn, argument] = process.argv.slice(2);
process.on('disconnect', () => process.exit(1));
// What a peer throws outside any call would end the run of everybody.
const strays = [];
process.on('unhandledRejection', (error) => strays.push(String(error)));
const exit = (message) => process.send(message, () => process.exit(0));
try {
  const module = await import(new URL(`../scenarios/${scenario}.mjs`, import.meta.url));
  const result = await module[fn](JSON.parse(argument));
  if (strays.length > 0)
    console.log(`  ${scenario}: ${strays.length} rejections nobody handled, the first: ${strays[0]}`);
  exit({ result });
} catch (error) {
  exit({ error: error?.stack ?? String(error) });
}
