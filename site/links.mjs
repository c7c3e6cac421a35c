// Checks links without any request: those of the built site, and those of the Markdown files of the repository.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { slugify } from './slugify.mjs';

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

/** A page without its fences and comments, so that an example of a link is no link. */
const prose = (text) => text.replace(/^( *)(```+)[\s\S]*?^ *\2 *$/gm, '').replace(/<!--[\s\S]*?-->/g, '');

/** The ids of the headings of a Markdown file. The second heading with the same text gets the ending `-1`. */
function headingIds(text) {
  const ids = new Set();
  const seen = new Map();
  for (const [, heading] of prose(text).matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const slug = slugify(heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1'));
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    ids.add(before === 0 ? slug : `${slug}-${before}`);
  }
  return ids;
}

/** Every link between Markdown files of the repository, with its anchor. Returns the problems. */
export function checkMarkdown(root, folders) {
  const files = folders.flatMap((folder) =>
    folder.endsWith('.md')
      ? [folder]
      : filesBelow(join(root, folder), '.md')
          .map((path) => posix.join(folder, path))
          .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path)),
  );
  const problems = [];
  const ids = new Map();
  const idsOf = (file) => {
    if (!ids.has(file)) ids.set(file, headingIds(readFileSync(file, 'utf8')));
    return ids.get(file);
  };
  let count = 0;
  for (const file of files) {
    const text = prose(readFileSync(join(root, file), 'utf8')).replace(/`[^`\n]*`/g, '``');
    for (const [, href] of text.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)) {
      if (isElsewhere(href)) continue;
      count++;
      const [path, hash] = href.split('#');
      const target = path === '' ? join(root, file) : resolve(join(root, dirname(file)), decodeURI(path));
      const shown = relative(root, target).split(sep).join('/');
      if (!existsSync(target)) problems.push(`${file}: ${href} leads to ${shown}, which does not exist`);
      else if (hash) {
        const page = statSync(target).isDirectory() ? join(target, 'README.md') : target;
        if (page.endsWith('.md') && !(existsSync(page) && idsOf(page).has(hash)))
          problems.push(`${file}: ${href} leads to a heading that ${shown} does not have`);
      }
    }
  }
  return { problems, count };
}
