import { circle, GRID, INK, line, MUTED, OURS, page, PEERS, spreadOut, text } from './svg.mjs';
import { num } from './stats.mjs';

const formatCompact = (n) => (n >= 1e6 ? `${n / 1e6}M` : n >= 1e3 ? `${n / 1e3}k` : String(n));

/** Goodput against refusals. The best place is the top left corner. */
export function goodputChart({ title, subtitle, rows }) {
  const [width, height] = [1_000, 470];
  const plot = { left: 70, right: 610, top: 78, bottom: 400 };
  const shown = rows.filter((row) => row.goodput !== undefined);
  const most = Math.max(10, ...shown.map((row) => row.refused));
  const decades = Math.max(2, Math.ceil(Math.log10(most + 1)));
  // The range from 0 to 1 has the width of one decade, so that 0 is visible on the logarithmic axis.
  const x = (refused) => {
    const at = refused < 1 ? refused : 1 + Math.log10(refused);
    return plot.left + 24 + ((plot.right - plot.left - 40) * at) / (decades + 1);
  };
  const lowest = Math.min(0.7, Math.floor(Math.min(...shown.map((row) => row.goodput)) * 10) / 10);
  const y = (goodput) => plot.bottom - ((plot.bottom - plot.top) * (goodput - lowest)) / (1.02 - lowest);
  const parts = [
    text(plot.left - 46, 30, title, { size: 17, weight: 600 }),
    text(plot.left - 46, 50, subtitle, { fill: MUTED }),
  ];
  const step = lowest < 0.5 ? 0.2 : 0.1;
  for (let tick = 1; tick >= lowest - 1e-9; tick -= step) {
    parts.push(line(plot.left, y(tick), plot.right, y(tick)));
    parts.push(text(plot.left - 8, y(tick) + 4, `${Math.round(tick * 100)} %`, { fill: MUTED, anchor: 'end' }));
  }
  for (const tick of [0, ...Array.from({ length: decades + 1 }, (_, i) => 10 ** i)]) {
    parts.push(line(x(tick), plot.top, x(tick), plot.bottom));
    parts.push(text(x(tick), plot.bottom + 18, formatCompact(tick), { fill: MUTED, anchor: 'middle' }));
  }
  const middle = (plot.left + plot.right) / 2;
  parts.push(text(middle, plot.bottom + 42, 'refusals (429) in the run, log scale from 1 on', { anchor: 'middle' }));
  const up = { anchor: 'middle', rotate: -90 };
  parts.push(text(22, (plot.top + plot.bottom) / 2, 'granted, of what the server would grant', up));

  // Each point has a number. The legend at the side has names and values.
  const points = shown.map((row, i) => ({ ...row, label: i + 1, px: x(row.refused), py: y(row.goodput) }));
  const placed = [];
  for (const point of [...points].sort((a, b) => Number(a.ours) - Number(b.ours))) {
    // Overlapping labels move apart, and a line joins each label to its point.
    let [px, py] = [point.px, point.py];
    for (let tries = 0; placed.some((other) => Math.hypot(other.px - px, other.py - py) < 19) && tries < 40; tries++) {
      const ring = 1 + Math.floor(tries / 8);
      const angle = ((tries % 8) * Math.PI) / 4 + Math.PI / 2;
      px = Math.min(plot.right - 10, Math.max(plot.left + 10, point.px + Math.cos(angle) * 20 * ring));
      py = point.py + Math.sin(angle) * 20 * ring;
      if (py < plot.top || py > plot.bottom - 8) py = point.py;
    }
    placed.push({ px, py });
    const fill = point.ours ? OURS : PEERS[(point.label - 1) % PEERS.length];
    if (px !== point.px || py !== point.py) {
      parts.push(line(point.px, point.py, px, py, { stroke: fill }));
      parts.push(circle(point.px, point.py, 3, fill));
    }
    parts.push(circle(px, py, 9.5, fill));
    parts.push(text(px, py + 4, point.label, { size: 11, fill: '#ffffff', anchor: 'middle', weight: 600 }));
  }
  const columns = { dot: 640, name: 656, goodput: 922, refused: 985 };
  parts.push(text(columns.goodput, plot.top, 'granted', { fill: MUTED, anchor: 'end' }));
  parts.push(text(columns.refused, plot.top, 'refused', { fill: MUTED, anchor: 'end' }));
  points.forEach((point, i) => {
    const at = plot.top + 26 + i * 26;
    const weight = point.ours ? 700 : 400;
    const fill = point.ours ? OURS : PEERS[i % PEERS.length];
    parts.push(circle(columns.dot, at - 4, 9.5, fill));
    parts.push(text(columns.dot, at, point.label, { size: 11, fill: '#ffffff', anchor: 'middle', weight: 600 }));
    parts.push(text(columns.name, at, point.name, { weight, size: 12.5 }));
    parts.push(text(columns.goodput, at, `${(point.goodput * 100).toFixed(1)} %`, { anchor: 'end', weight }));
    parts.push(text(columns.refused, at, num(point.refused), { anchor: 'end', weight }));
  });
  const summary = points
    .map((point) => `${point.name}: ${num(point.goodput * 100)} %, ${num(point.refused)}`)
    .join('; ');
  return page(width, height, title, summary, parts);
}

/** Total time against queue length on logarithmic axes. A line with slope 1 means linear cost. */
export function queueChart({ title, subtitle, rows }) {
  const [width, height] = [900, 480];
  const plot = { left: 80, right: 650, top: 78, bottom: 410 };
  const shown = rows.filter((row) => row.totalMs);
  const logs = (pick) => {
    const values = shown.map((row) => Math.log10(pick(row)));
    return [Math.floor(Math.min(...values)), Math.ceil(Math.max(...values))];
  };
  const [xFrom, xTo] = logs((row) => row.n);
  const [yFrom, yTo] = logs((row) => row.totalMs.median);
  const x = (n) => plot.left + ((plot.right - plot.left) * (Math.log10(n) - xFrom)) / (xTo - xFrom || 1);
  const y = (ms) => plot.bottom - ((plot.bottom - plot.top) * (Math.log10(ms) - yFrom)) / (yTo - yFrom || 1);
  const parts = [text(24, 30, title, { size: 17, weight: 600 }), text(24, 50, subtitle, { fill: MUTED })];
  for (let decade = yFrom; decade <= yTo; decade++) {
    const ms = 10 ** decade;
    parts.push(line(plot.left, y(ms), plot.right, y(ms)));
    const label = ms >= 1_000 ? `${num(ms / 1_000)} s` : `${num(ms)} ms`;
    parts.push(text(plot.left - 8, y(ms) + 4, label, { fill: MUTED, anchor: 'end' }));
  }
  for (let decade = xFrom; decade <= xTo; decade++) {
    const n = 10 ** decade;
    parts.push(line(x(n), plot.top, x(n), plot.bottom));
    parts.push(text(x(n), plot.bottom + 18, formatCompact(n), { fill: MUTED, anchor: 'middle' }));
  }
  parts.push(text((plot.left + plot.right) / 2, plot.bottom + 44, 'calls in the queue', { anchor: 'middle' }));
  parts.push(text(24, (plot.top + plot.bottom) / 2, 'to queue and drain them all', { anchor: 'middle', rotate: -90 }));
  const names = [...new Set(shown.map((row) => row.who))];
  const ends = [];
  names.forEach((name, i) => {
    const color = name === 'Holdline' ? OURS : PEERS[i % PEERS.length];
    const series = shown.filter((row) => row.who === name).sort((a, b) => a.n - b.n);
    series.forEach((row, k) => {
      const [px, py] = [x(row.n), y(row.totalMs.median)];
      const before = series[k - 1];
      const dash = row.extrapolatedFrom ? '5 4' : undefined;
      const stroke = { stroke: color, width: name === 'Holdline' ? 3 : 2, dash };
      if (before) parts.push(line(x(before.n), y(before.totalMs.median), px, py, stroke));
      parts.push(circle(px, py, row.extrapolatedFrom ? 3 : 4.5, color));
    });
    const last = series.at(-1);
    const perCall = `${num((last.totalMs.median * 1_000) / last.n)} µs per call at ${formatCompact(last.n)}`;
    const note = last.extrapolatedFrom ? `, from ${formatCompact(last.extrapolatedFrom)}` : '';
    ends.push({ name, color, x: x(last.n), y: y(last.totalMs.median), note: `${perCall}${note}` });
  });
  const at = spreadOut(
    ends.map((end) => end.y),
    36,
    plot.top,
    plot.bottom,
  );
  ends.forEach((end, i) => {
    parts.push(line(end.x + 7, end.y, plot.right + 14, at[i], { stroke: GRID }));
    parts.push(
      text(plot.right + 20, at[i], end.name, { fill: end.color, weight: end.name === 'Holdline' ? 700 : 600 }),
    );
    parts.push(text(plot.right + 20, at[i] + 15, end.note, { size: 11, fill: INK }));
  });
  return page(width, height, title, ends.map((end) => `${end.name}: ${end.note}`).join('; '), parts);
}
