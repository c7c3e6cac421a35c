/** The page with the load and the wire log: one file, offline, light and dark. The stream of the same origin fills it. */
export const WIRE_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Load of the simulator</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --soft: #57606a; --edge: #d0d7de; --stripe: #f6f8fa; --bad: #b3261e; --warn: #8a5300; --good: #1a6b34; --mark: #fff3c4; --focus: #0550ae; --line: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --back: #0f1419; --text: #e6edf3; --soft: #9da7b1; --edge: #30363d; --stripe: #161b22; --bad: #ff8b82; --warn: #f0b35a; --good: #6fdd8b; --mark: #453a10; --focus: #79c0ff; --line: #79c0ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 14px/1.45 system-ui, sans-serif; }
header, main { padding: 12px 16px; max-width: 1400px; margin: 0 auto; }
h1 { font-size: 18px; margin: 0 0 8px; }
h2 { font-size: 15px; margin: 0 0 6px; }
section { margin: 0 0 18px; }
.load { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 0 28px; align-items: start; }
.chart { display: block; width: 100%; height: 150px; border: 1px solid var(--edge); border-radius: 4px; background: var(--stripe); }
.chart path { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.chart .requests { stroke: var(--line); }
.chart .throttled { stroke: var(--bad); stroke-dasharray: 5 3; }
.scale { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px 16px; color: var(--soft); font-size: 12px; margin: 4px 0 0; }
.key::before { content: ''; display: inline-block; width: 18px; border-top: 2px solid var(--line); margin-right: 6px; vertical-align: middle; }
.key.bad::before { border-top: 2px dashed var(--bad); }
meter { width: 72px; height: 12px; vertical-align: middle; }
th.number, td.number { text-align: right; padding-right: 16px; }
.long { white-space: normal; overflow-wrap: anywhere; min-width: 92px; }
.empty { color: var(--soft); margin: 0; }
.badge { color: var(--warn); font-weight: 600; }
dl { display: flex; flex-wrap: wrap; gap: 8px 24px; margin: 0 0 12px; }
dl div { min-width: 84px; }
dt { color: var(--soft); font-size: 12px; }
dd { margin: 0; font-size: 20px; font-variant-numeric: tabular-nums; }
form { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; margin: 0; }
input[type=search] { min-width: 220px; font: inherit; padding: 4px 8px; color: inherit; background: var(--back); border: 1px solid var(--soft); border-radius: 4px; }
button { font: inherit; padding: 4px 12px; color: inherit; background: var(--stripe); border: 1px solid var(--soft); border-radius: 4px; }
a { color: var(--focus); }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: 4px 0; }
th, td { text-align: left; padding: 3px 10px 3px 0; border-bottom: 1px solid var(--edge); white-space: nowrap; vertical-align: top; }
th { color: var(--soft); font-weight: 600; }
td.path { white-space: normal; overflow-wrap: anywhere; min-width: 240px; font-family: ui-monospace, monospace; font-size: 13px; }
tr.refused td.status, tr.failed td.status { color: var(--bad); font-weight: 600; }
tr.ok td.status { color: var(--good); }
tr.shadow td.status { color: var(--warn); font-weight: 600; }
tr.duplicate { background: var(--mark); }
.note { color: var(--warn); }
[hidden] { display: none; }
</style>
</head>
<body>
<header>
<h1>Load of the simulator <span id="mode" class="badge"></span></h1>
<dl id="totals" aria-label="Totals"></dl>
</header>
<main>
<div class="load">
<section aria-labelledby="rate-title">
<h2 id="rate-title">Requests per second</h2>
<svg id="chart" class="chart" viewBox="0 0 600 150" preserveAspectRatio="none" role="img" aria-label="No requests yet"><path class="requests" d=""></path><path class="throttled" d=""></path></svg>
<p class="scale"><span class="key">requests</span><span class="key bad" id="throttled-key">429</span><span id="scale"></span></p>
</section>
<section aria-labelledby="limits-title">
<h2 id="limits-title">Limits: fullest scope now</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Table of limits"><table><thead><tr><th scope="col">Limit</th><th scope="col">Full</th><th scope="col" class="number">429</th><th scope="col">Allows</th></tr></thead><tbody id="limits"></tbody></table></div>
<p class="empty" id="limits-empty">No limit has counted anything yet.</p>
</section>
<section aria-labelledby="callers-title">
<h2 id="callers-title">Most throttled tokens</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Table of throttled tokens"><table><thead><tr><th scope="col">Token</th><th scope="col" class="number">429</th><th scope="col" class="number">Too early</th><th scope="col">Client</th><th scope="col">User</th></tr></thead><tbody id="callers"></tbody></table></div>
<p class="empty" id="callers-empty">No token was throttled.</p>
</section>
<section aria-labelledby="routes-title">
<h2 id="routes-title">Routes</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Table of routes"><table><thead><tr><th scope="col">Route</th><th scope="col" class="number">Requests</th><th scope="col" class="number">429</th><th scope="col" class="number">p95</th></tr></thead><tbody id="routes"></tbody></table></div>
<p class="empty" id="routes-empty">No requests yet.</p>
</section>
</div>
<section aria-labelledby="log-title">
<h2 id="log-title">Wire log</h2>
<form id="tools">
<label>Filter <input type="search" id="filter" autocomplete="off" placeholder="path, status, token, limit"></label>
<label><input type="checkbox" id="only"> only 429s</label>
<label><input type="checkbox" id="writes"> only executed writes</label>
<button type="button" id="pause" aria-pressed="false">Pause</button>
<span id="state" role="status">connecting</span>
</form>
<div class="scroll" tabindex="0" role="region" aria-label="Requests">
<table>
<caption id="caption">The newest requests first</caption>
<thead><tr><th scope="col">Time</th><th scope="col">Method</th><th scope="col">Path</th><th scope="col">Status</th><th scope="col">Limit</th><th scope="col">Took</th><th scope="col">Token</th><th scope="col">Effect</th></tr></thead>
<tbody id="rows"></tbody>
</table>
</div>
</section>
<p><a href="report">The report so far as JSON</a></p>
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
let load;
let due = false;

function effectOf(row) {
  if (row.duplicate) return 'duplicate write';
  return row.executedWrite ? 'write' : '';
}

function isShown(row) {
  if ($('only').checked && row.status !== 429 && !row.shadow) return false;
  if ($('writes').checked && !row.executedWrite) return false;
  const wanted = $('filter').value.trim().toLowerCase();
  return wanted === '' || (row.method + ' ' + row.path + ' ' + row.route + ' ' + row.status + ' ' + row.token + ' ' + row.refusedBy + ' ' + row.shadow + ' ' + row.outcome).toLowerCase().includes(wanted);
}

function cell(text, name) {
  const td = document.createElement('td');
  td.textContent = text;
  if (name) td.className = name;
  return td;
}

function line(row) {
  const tr = document.createElement('tr');
  const kind = row.shadow ? 'shadow' : row.status === 429 ? 'refused' : row.status === 0 || row.status >= 400 ? 'failed' : 'ok';
  tr.className = kind + (row.duplicate ? ' duplicate' : '');
  const status = row.status === 0 ? row.outcome : row.status + (row.outcome === 'answered' || row.outcome === 'refused' ? '' : ' ' + row.outcome);
  tr.append(cell(new Date(row.at).toISOString().slice(11, 23)), cell(row.method), cell(row.path, 'path'), cell(status, 'status'), cell(row.refusedBy || (row.shadow ? 'would refuse: ' + row.shadow : '')), cell(row.tookMs + ' ms'), cell(row.token), cell(effectOf(row)));
  return tr;
}

function draw() {
  due = false;
  const shown = rows.filter(isShown);
  $('rows').replaceChildren(...shown.map(line).reverse());
  $('caption').textContent = shown.length + ' of the last ' + rows.length + ' requests, the newest first' + (skipped > 0 ? '; ' + skipped + ' more were too many to show' : '');
  const boxes = Object.keys(NAMES).map((name) => total('total-' + name, NAMES[name], totals[name] === undefined ? '–' : totals[name].toLocaleString('en-US')));
  $('totals').replaceChildren(...boxes, ...loadTotals());
  if (load) drawLoad(load);
}

function total(id, name, text) {
  const box = document.createElement('div');
  const dt = document.createElement('dt');
  const dd = document.createElement('dd');
  dt.textContent = name;
  dd.textContent = text;
  dd.id = id;
  box.append(dt, dd);
  return box;
}

const ms = (value) => (value < 10 ? Math.round(value * 10) / 10 : Math.round(value).toLocaleString('en-US')) + ' ms';
const round = (value) => (Math.round(value * 10) / 10).toLocaleString('en-US');

function loadTotals() {
  if (!load) return [];
  const last = load.chart.requests[load.chart.requests.length - 1] || 0;
  const boxes = [total('load-rate', 'Requests/s', round(last)), total('load-peak', 'Peak/s', load.peakPerSec.toLocaleString('en-US')), ...['p50', 'p95', 'p99'].map((name) => total('load-' + name, name, load.latency ? ms(load.latency[name + 'Ms']) : '–')), total('load-sockets', 'Open sockets', load.openSockets.toLocaleString('en-US'))];
  if (!load.enforced) boxes.push(total('load-shadow', 'Would refuse', load.throttled.toLocaleString('en-US')));
  if (load.calls && load.calls.open + load.calls.connected > 0) boxes.push(total('load-calls', 'Open calls', load.calls.open.toLocaleString('en-US')));
  return boxes;
}

function pathOf(points, highest) {
  if (points.length === 0) return '';
  const step = points.length > 1 ? 600 / (points.length - 1) : 600;
  return points.map((value, i) => (i === 0 ? 'M' : 'L') + (i * step).toFixed(1) + ' ' + (146 - (value / highest) * 138).toFixed(1)).join(' ');
}

function fill(id, items, cells) {
  $(id).replaceChildren(...items.map((item) => {
    const tr = document.createElement('tr');
    tr.append(...cells(item));
    return tr;
  }));
  $(id + '-empty').hidden = items.length > 0;
  $(id).closest('.scroll').hidden = items.length === 0;
}

function fullness(limit) {
  const td = cell('');
  const meter = document.createElement('meter');
  const share = Math.round(limit.fill * 100) + ' %';
  meter.value = limit.fill;
  meter.high = 0.8;
  meter.low = 0.5;
  meter.optimum = 0;
  meter.setAttribute('aria-label', limit.name + ' is full to ' + share);
  td.append(meter, ' ' + share);
  return td;
}

function drawLoad(view) {
  const { requests, throttled, intervalMs } = view.chart;
  const highest = Math.max(1, ...requests, ...throttled);
  $('mode').textContent = view.enforced ? '' : 'shadow mode: nothing is refused';
  $('throttled-key').textContent = view.enforced ? '429' : 'would be refused';
  $('chart').querySelector('.requests').setAttribute('d', pathOf(requests, highest));
  $('chart').querySelector('.throttled').setAttribute('d', pathOf(throttled, highest));
  const seconds = Math.round((requests.length * intervalMs) / 1000);
  $('scale').textContent = 'highest ' + round(highest) + '/s, last ' + seconds + ' s';
  $('chart').setAttribute('aria-label', 'Requests per second of the last ' + seconds + ' s: at most ' + round(Math.max(0, ...requests)) + ', now ' + round(requests[requests.length - 1] || 0) + ', of these ' + round(throttled[throttled.length - 1] || 0) + (view.enforced ? ' refused' : ' would be refused'));
  fill('limits', view.limits, (limit) => [cell(limit.name, 'long'), fullness(limit), cell(limit.throttled.toLocaleString('en-US'), 'number'), cell(limit.allows)]);
  fill('callers', view.callers, (one) => [cell(one.token || '–'), cell(one.throttled.toLocaleString('en-US'), 'number'), cell(one.early.toLocaleString('en-US'), 'number'), cell(one.client, 'long'), cell(one.user, 'long')]);
  fill('routes', view.routes, (one) => [cell(one.route, 'long'), cell(one.requests.toLocaleString('en-US'), 'number'), cell(one.throttled.toLocaleString('en-US'), 'number'), cell(ms(one.p95Ms), 'number')]);
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
  if (message.load) load = message.load;
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
