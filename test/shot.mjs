import { startChromium } from './launch.mjs';
const [,, out, scheme, ...files] = process.argv;
import { readFileSync } from 'node:fs';
const b = await startChromium();
for (const [i, file] of files.entries()) {
const c = await b.newContext({ colorScheme: scheme, viewport: { width: 900, height: 1400 } });
const p = await c.newPage();
await p.setContent('<body style="margin:0"><img id=x src="data:image/svg+xml;base64,' + readFileSync(file).toString('base64') + '">');
await p.waitForTimeout(300);
await p.screenshot({ path: `${out}-${i}.png` });
}
await b.close();
