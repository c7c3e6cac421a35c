// The SVG elements of the charts. They have a light background and need no style sheet.
export const INK = '#1f2933';
export const MUTED = '#6b7785';
export const GRID = '#e3e8ed';
export const OURS = '#c2410c';
export const PEERS = ['#2563a8', '#4b7f52', '#7a5195', '#a0761b', '#3b8686', '#8a4b5a', '#5b6770', '#486f9e'];

const escape = (text) => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export function text(x, y, content, { size = 12, fill = INK, anchor = 'start', weight = 400, rotate } = {}) {
  const turn = rotate ? ` transform="rotate(${rotate} ${x} ${y})"` : '';
  const style = `font-size="${size}" fill="${fill}" text-anchor="${anchor}" font-weight="${weight}"${turn}`;
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${style}>${escape(content)}</text>`;
}

export function line(x1, y1, x2, y2, { stroke = GRID, width = 1, dash } = {}) {
  const [a, b, c, d] = [x1, y1, x2, y2].map((n) => n.toFixed(1));
  const dashes = dash ? ` stroke-dasharray="${dash}"` : '';
  return `<line x1="${a}" y1="${b}" x2="${c}" y2="${d}" stroke="${stroke}" stroke-width="${width}"${dashes}/>`;
}

export const circle = (x, y, r, fill) =>
  `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${r}" fill="${fill}" stroke="#ffffff" stroke-width="1.5"/>`;

export function page(width, height, title, description, parts) {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" ` +
      `font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif">`,
    `<title>${escape(title)}</title><desc>${escape(description)}</desc>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** Moves the labels of one column apart by at least `gap`, and keeps them between the bounds. */
export function spreadOut(wanted, gap, top, bottom) {
  const order = wanted.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y);
  for (let k = 1; k < order.length; k++) order[k].y = Math.max(order[k].y, order[k - 1].y + gap);
  const over = order.length > 0 ? order.at(-1).y - bottom : 0;
  if (over > 0) {
    order.at(-1).y = bottom;
    for (let k = order.length - 2; k >= 0; k--) order[k].y = Math.min(order[k].y, order[k + 1].y - gap);
  }
  const result = [];
  for (const { y, i } of order) result[i] = Math.max(y, top);
  return result;
}
