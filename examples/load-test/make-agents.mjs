// Prints agents for the load scripts as CSV: `node make-agents.mjs [500] > agents.csv`. Each agent has an OAuth client of its own.
// Columns: agent, client id, client id and secret in base64. There is no header line, because older versions of JMeter do not skip it.
// The simulator accepts any client.
const many = Number(process.argv[2] ?? 500);
if (!Number.isInteger(many) || many < 1) {
  console.error(`The number of agents must be a whole number from 1, got '${process.argv[2]}'.`);
  process.exit(1);
}
const row = (n) => `agent-${n},client-${n},${btoa(`client-${n}:any-secret`)}`;
console.log(Array.from({ length: many }, (_, i) => row(i + 1)).join('\n'));
