// A live chart: one character for each softphone, and bars for the upgrades of each half second. Without a terminal the chart is
// plain lines.
const STEP_MS = 500;
const WIDTH = 100;
const BARS = '▁▂▃▄▅▆▇█';

export function startChart(title, phones, stats) {
  const isTerminal = process.stdout.isTTY === true;
  const started = performance.now();
  const history = [];
  let drawn = 0;
  let before = { accepted: 0, refused: 0 };

  const countConnected = () => phones.filter(({ isConnected }) => isConnected).length;
  const formatSeconds = () => ((performance.now() - started) / 1000).toFixed(1).padStart(5);

  function renderBars(key) {
    const highest = Math.max(1, ...history.map((step) => step.accepted + step.refused));
    return history.map((step) => (step[key] === 0 ? ' ' : BARS[Math.ceil((step[key] / highest) * 8) - 1])).join('');
  }

  function draw() {
    const marks = phones.map(({ isConnected }) => (isConnected ? '█' : '·'));
    const rows = [];
    for (let i = 0; i < marks.length; i += WIDTH) rows.push(marks.slice(i, i + WIDTH).join(''));
    const lines = [
      title,
      ...rows,
      `accepted ${renderBars('accepted')}`,
      `refused  ${renderBars('refused')}`,
      `${formatSeconds()} s  ${countConnected()} of ${phones.length} connected, ${stats.refused} upgrades refused`,
    ];
    if (drawn > 0) process.stdout.write(`\x1b[${drawn}A`);
    process.stdout.write(lines.map((line) => `\x1b[2K${line}\n`).join(''));
    drawn = lines.length;
  }

  function step() {
    history.push({ accepted: stats.accepted - before.accepted, refused: stats.refused - before.refused });
    before = { ...stats };
    if (isTerminal) draw();
    else if (history.length % 2 === 0)
      console.log(`${formatSeconds()} s  ${countConnected()} connected, ${stats.refused} refused so far`);
  }

  if (!isTerminal) console.log(title);
  const timer = setInterval(step, STEP_MS);
  return function stop() {
    clearInterval(timer);
    step();
    const summary = { connected: countConnected(), refused: stats.refused, seconds: Number(formatSeconds()) };
    if (!isTerminal)
      console.log(`${formatSeconds()} s  ${summary.connected} connected, ${summary.refused} refused in all`);
    console.log('');
    return summary;
  };
}
