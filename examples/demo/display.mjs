// Prints progress and a table, on a terminal or in a pipe. Every line fits into 80 columns.

const BAR_WIDTH = 24;
const TEXT_WIDTH = 78;

/** Shows the progress of all sides: redrawn on a terminal, printed every 10 s in a pipe. */
export function showProgress(sides, count) {
  const isTerminal = process.stdout.isTTY === true;
  const started = performance.now();
  const renderLine = ({ name, tally }) => {
    const ended = tally.answered + tally.unknown + tally.failed;
    const countCells = (n) => Math.round((n / count) * BAR_WIDTH);
    const good = countCells(tally.answered);
    const bad = countCells(ended) - good;
    const bar = '█'.repeat(good) + '▒'.repeat(Math.max(0, bad)) + '·'.repeat(Math.max(0, BAR_WIDTH - good - bad));
    const seconds = ((tally.elapsedMs ?? performance.now() - started) / 1000).toFixed(1);
    return `  ${name.padEnd(16)} ${bar} ${String(tally.answered).padStart(3)} answered ${String(tally.failed).padStart(3)} failed ${seconds.padStart(5)} s`;
  };
  let isDrawn = false;
  const draw = () => {
    if (isTerminal && isDrawn) process.stdout.write(`\x1b[${sides.length}A`);
    for (const side of sides) process.stdout.write(`${isTerminal ? '\x1b[2K' : ''}${renderLine(side)}\n`);
    isDrawn = true;
  };
  draw();
  const timer = setInterval(draw, isTerminal ? 150 : 10_000);
  return () => {
    clearInterval(timer);
    draw();
  };
}

/** Prints a table. `columns` are its headings; a row is `[label, ...values]`, and a row with only a label is a heading. */
export function printTable(columns, rows) {
  const all = [['', ...columns], ...rows].map((row) => row.map(String));
  const widths = all[0].map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + 3, -3));
  for (const row of all) {
    if (row.length === 1) console.log(`  ${rule}\n  ${row[0]}`);
    else
      console.log(
        `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[i]))).join('   ')}`,
      );
  }
}

/** Prints a paragraph, broken into lines. */
export function printText(text) {
  let line = '';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > TEXT_WIDTH) {
      console.log(`  ${line}`);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  console.log(`  ${line}`);
}
