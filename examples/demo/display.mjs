// Prints progress and a table, on a terminal or in a pipe.

const WIDTH = 28;

/** Shows the progress of both sides: redrawn on a terminal, printed every 5 s in a pipe. */
export function showProgress(sides, count) {
  const isTerminal = process.stdout.isTTY === true;
  const started = performance.now();
  const renderLine = ({ name, tally }) => {
    const ended = tally.answered + tally.unknown + tally.failed;
    const countCells = (n) => Math.round((n / count) * WIDTH);
    const good = countCells(tally.answered);
    const bad = countCells(ended) - good;
    const bar = '█'.repeat(good) + '▒'.repeat(Math.max(0, bad)) + '·'.repeat(Math.max(0, WIDTH - good - bad));
    const seconds = ((tally.elapsedMs ?? performance.now() - started) / 1000).toFixed(1);
    return `  ${name.padEnd(16)} ${bar} ${String(tally.answered).padStart(4)} answered ${String(tally.failed).padStart(4)} failed ${seconds.padStart(5)} s`;
  };
  let isDrawn = false;
  const draw = () => {
    if (isTerminal && isDrawn) process.stdout.write(`\x1b[${sides.length}A`);
    for (const side of sides) process.stdout.write(`${isTerminal ? '\x1b[2K' : ''}${renderLine(side)}\n`);
    isDrawn = true;
  };
  draw();
  const timer = setInterval(draw, isTerminal ? 150 : 5_000);
  return () => {
    clearInterval(timer);
    draw();
  };
}

/** Prints a table with a heading and rows of `[label, left, right]`. */
export function printTable(heading, rows) {
  const all = [heading, ...rows].map((row) => row.map(String));
  const widths = heading.map((_, i) => Math.max(...all.map((row) => row[i].length)));
  for (const [n, row] of all.entries()) {
    console.log(`  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('   ')}`);
    if (n === 0) console.log(`  ${widths.map((width) => '─'.repeat(width)).join('   ')}`);
  }
}
