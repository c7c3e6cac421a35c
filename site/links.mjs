// Checks the links of the built site, without any request.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';

/** All files below a folder that end in `ending`, as paths with slashes from there. */
const filesBelow = (folder, ending) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => path.endsWith(ending))
    .sort();

const isElsewhere = (href) => /^(https?|mailto|data):/i.test(href) || href.startsWith('//');
const unescapeHtml = (text) =>
  text.replace(/&(amp|quot|#39|lt|gt);/g, (_, name) => ({ amp: '&', quot: '"', '#39': "'", lt: '<', gt: '>' })[name]);

/** Every link and every anchor in the HTML files of `folder`. Returns the problems, and the paths of the pages. */
export function checkSite(folder) {
  const pages = filesBelow(folder, '.html');
  const html = new Map(pages.map((page) => [page, readFileSync(join(folder, page), 'utf8')]));
  const ids = new Map(
    [...html].map(([page, text]) => [
      page,
      new Set([...text.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => unescapeHtml(id))),
    ]),
  );
  const problems = [];
  let count = 0;
  for (const [page, text] of html) {
    const links = [...text.matchAll(/\s(href|src)="([^"]*)"/g)].map(([, kind, href]) => [kind, unescapeHtml(href)]);
    for (const [kind, href] of new Map(links.map((link) => [link.join(' '), link])).values()) {
      count++;
      if (isElsewhere(href)) {
        if (kind === 'src' && !href.startsWith('data:')) problems.push(`${page}: loads ${href} from another origin`);
        continue;
      }
      const [path, hash] = href.split('#');
      let file =
        path === '' ? page : posix.join(posix.resolve('/', posix.dirname(page), decodeURI(path)), '.').slice(1);
      if (path.endsWith('/') || file === '') file = posix.join(file, 'index.html');
      if (!existsSync(join(folder, file))) problems.push(`${page}: ${href} leads to ${file}, which does not exist`);
      else if (hash && !ids.get(file)?.has(decodeURIComponent(hash)))
        problems.push(`${page}: ${href} leads to a heading that ${file} does not have`);
    }
  }
  return { problems, pages, count };
}
