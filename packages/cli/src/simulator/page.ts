/** The page with the wire log: one file, offline, light and dark. The stream of the same origin fills it. */
export const WIRE_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Wire log of the simulator</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --soft: #57606a; --edge: #d0d7de; --stripe: #f6f8fa; --bad: #b3261e; --warn: #8a5300; --good: #1a6b34; --mark: #fff3c4; --focus: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --back: #0f1419; --text: #e6edf3; --soft: #9da7b1; --edge: #30363d; --stripe: #161b22; --bad: #ff8b82; --warn: #f0b35a; --good: #6fdd8b; --mark: #453a10; --focus: #79c0ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 14px/1.45 system-ui, sans-serif; }
header, main { padding: 12px 16px; max-width: 1400px; margin: 0 auto; }
h1 { font-size: 18px; margin: 0 0 8px; }
dl { display: flex; flex-wrap: wrap; gap: 8px 24px; margin: 0 0 12px; }
dl div { min-width: 84px; }
dt { color: var(--soft); font-size: 12px; }
dd { margin: 0; font-size: 20px; font-variant-numeric: tabular-nums; }
form { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; margin: 0; }
input[type=search] { min-width: 220px; font: inherit; padding: 4px 8px; color: inherit; background: var(--back); border: 1px solid var(--soft); border-radius: 4px; }
button { font: inherit; padding: 4px 12px; color: inherit; background: var(--stripe); border: 1px solid var(--soft); border-radius: 4px; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: 4px 0; }
th, td { text-align: left; padding: 3px 10px 3px 0; border-bottom: 1px solid var(--edge); white-space: nowrap; vertical-align: top; }
th { color: var(--soft); font-weight: 600; }
td.path { white-space: normal; overflow-wrap: anywhere; min-width: 240px; font-family: ui-monospace, monospace; font-size: 13px; }
tr.refused td.status, tr.failed td.status { color: var(--bad); font-weight: 600; }
tr.ok td.status { color: var(--good); }
tr.duplicate { background: var(--mark); }
.note { color: var(--warn); }
[hidden] { display: none; }
</style>
</head>
<body>
<header>
<h1>Wire log of the simulator</h1>
<dl id="totals" aria-label="Totals"></dl>
<form id="tools">
<label>Filter <input type="search" id="filter" autocomplete="off" placeholder="path, status, token, limit"></label>
<label><input type="checkbox" id="only"> only 429s</label>
<label><input type="checkbox" id="writes"> only executed writes</label>
<button type="button" id="pause" aria-pressed="false">Pause</button>
<span id="state" role="status">connecting</span>
</form>
</header>
<main>
<div class="scroll" tabindex="0" role="region" aria-label="Requests">
<table>
<caption id="caption">The newest requests first</caption>
<thead><tr><th scope="col">Time</th><th scope="col">Method</th><th scope="col">Path</th><th scope="col">Status</th><th scope="col">Limit</th><th scope="col">Took</th><th scope="col">Token</th><th scope="col">Effect</th></tr></thead>
<tbody id="rows"></tbody>
</table>
</div>
</main>
<script>
'use strict';
const MAX = 500;
const $ = (id) => document.getElementById(id);
const NAMES = { requests: 'Requests', answered: 'Answered', refused: '429', unauthorized: '401', dropped: 'Without answer', executedWrites: 'Writes executed', duplicateWrites: 'Duplicate writes' };
let rows = [];
let paused = false;
let skipped = 0;
let totals = {};
let due = false;

function effectOf(row) {
  if (row.duplicate) return 'duplicate write';
  return row.executedWrite ? 'write' : '';
}

function isShown(row) {
  if ($('only').checked && row.status !== 429) return false;
  if ($('writes').checked && !row.executedWrite) return false;
  const wanted = $('filter').value.trim().toLowerCase();
  return wanted === '' || (row.method + ' ' + row.path + ' ' + row.route + ' ' + row.status + ' ' + row.token + ' ' + row.refusedBy + ' ' + row.outcome).toLowerCase().includes(wanted);
}

function cell(text, name) {
  const td = document.createElement('td');
  td.textContent = text;
  if (name) td.className = name;
  return td;
}

function line(row) {
  const tr = document.createElement('tr');
  const kind = row.status === 429 ? 'refused' : row.status === 0 || row.status >= 400 ? 'failed' : 'ok';
  tr.className = kind + (row.duplicate ? ' duplicate' : '');
  const status = row.status === 0 ? row.outcome : row.status + (row.outcome === 'answered' || row.outcome === 'refused' ? '' : ' ' + row.outcome);
  tr.append(cell(new Date(row.at).toISOString().slice(11, 23)), cell(row.method), cell(row.path, 'path'), cell(status, 'status'), cell(row.refusedBy), cell(row.tookMs + ' ms'), cell(row.token), cell(effectOf(row)));
  return tr;
}

function draw() {
  due = false;
  const shown = rows.filter(isShown);
  $('rows').replaceChildren(...shown.map(line).reverse());
  $('caption').textContent = shown.length + ' of the last ' + rows.length + ' requests, the newest first' + (skipped > 0 ? '; ' + skipped + ' more were too many to show' : '');
  $('totals').replaceChildren(...Object.keys(NAMES).map((name) => {
    const box = document.createElement('div');
    const dt = document.createElement('dt');
    const dd = document.createElement('dd');
    dt.textContent = NAMES[name];
    dd.textContent = totals[name] === undefined ? '–' : totals[name].toLocaleString('en-US');
    dd.id = 'total-' + name;
    box.append(dt, dd);
    return box;
  }));
}

function soon() {
  if (due || paused) return;
  due = true;
  requestAnimationFrame(draw);
}

let first = true;
const stream = new EventSource('stream');
stream.onopen = () => { first = true; $('state').textContent = 'live'; };
stream.onerror = () => { $('state').textContent = 'not connected; trying again'; };
stream.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  if (first) rows = [];
  first = false;
  rows = rows.concat(message.rows).slice(-MAX);
  skipped += message.skipped;
  totals = message.totals;
  soon();
};
for (const id of ['filter', 'only', 'writes']) $(id).addEventListener('input', draw);
$('tools').addEventListener('submit', (event) => event.preventDefault());
$('pause').addEventListener('click', () => {
  paused = !paused;
  $('pause').textContent = paused ? 'Go on' : 'Pause';
  $('pause').setAttribute('aria-pressed', String(paused));
  if (!paused) draw();
});
draw();
</script>
</body>
</html>
`;
