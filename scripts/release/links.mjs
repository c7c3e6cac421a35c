// Relative links in Markdown pages. npm shows a README without the files beside it, so a published README needs absolute links.
// `node scripts/release/links.mjs` checks the links of all pages outside of docs/; the build of the site checks those in docs/.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Blanks code with spaces, so that positions stay. */
const blankCode = (markdown) =>
  markdown.replace(/^( *)(`{3,}|~{3,})[^]*?^ *\2|`[^`\n]+`/gm, (code) => code.replace(/[^\n]/g, ' '));

/** `[text](target)`, `![text](target)`, `src="target"`, `href="target"`, and `[name]: target` at the start of a line. */
const LINK =
  /(?<image>!\[[^\]]*)?\]\((?<inline>[^)\s]+)|\b(?<attribute>src|href)="(?<html>[^"]+)"|^\[[^\]]+\]: *(?<named>\S+)/gm;

/** The relative links of a page: target, position of the target, and whether it is an image. */
function relativeLinks(markdown) {
  const links = [];
  for (const { 0: match, index, groups } of blankCode(markdown).matchAll(LINK)) {
    const target = groups.inline ?? groups.html ?? groups.named;
    if (/^([a-z][a-z+.-]*:|#|\/)/i.test(target)) continue;
    links.push({
      target,
      start: index + match.lastIndexOf(target),
      isImage: groups.image !== undefined || groups.attribute === 'src',
    });
  }
  return links;
}

const split = (target) => {
  const [path, anchor] = decodeURI(target).split('#');
  return { path, anchor };
};

/** Replaces each relative link of the page at `folder` by a URL: `urlOf(path in the repository, isImage)` and the anchor. */
export function absoluteLinks(markdown, folder, urlOf) {
  let result = markdown;
  for (const { target, start, isImage } of relativeLinks(markdown).reverse()) {
    const { path, anchor } = split(target);
    const url =
      urlOf(posix.join(folder, path).replace(/\/$/, ''), isImage) + (anchor === undefined ? '' : `#${anchor}`);
    result = result.slice(0, start) + url + result.slice(start + target.length);
  }
  return result;
}

/** The anchors that code hosts give to the headings of a page. */
function anchorsOf(markdown) {
  const seen = new Map();
  return new Set(
    [...markdown.replace(/^```[^]*?^```/gm, '').matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading]) => {
      const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
      const slug = text.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
      const count = seen.get(slug) ?? 0;
      seen.set(slug, count + 1);
      return count === 0 ? slug : `${slug}-${count}`;
    }),
  );
}

/** One sentence for each relative link that points to nothing in the repository. `read` resolves against the current folder. */
export function brokenLinks(page) {
  const markdown = readFileSync(page, 'utf8');
  const broken = [];
  for (const { target, start } of relativeLinks(markdown)) {
    const { path, anchor } = split(target);
    const file = posix.join(posix.dirname(page), path);
    const at = `${page}:${markdown.slice(0, start).split('\n').length}`;
    if (file.startsWith('..') || !existsSync(file)) broken.push(`${at}: ${target} does not exist.`);
    else if (anchor && statSync(file).isFile() && !anchorsOf(readFileSync(file, 'utf8')).has(anchor))
      broken.push(`${at}: ${path} has no heading #${anchor}.`);
  }
  return broken;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { encoding: 'utf8' });
  const pages = listed.split('\n').filter((page) => existsSync(page) && !/^(docs|\.changeset)\//.test(page));
  const broken = pages.flatMap(brokenLinks);
  for (const line of broken) console.error(line);
  console.log(`${pages.length} pages, ${broken.length} broken links`);
  process.exitCode = broken.length > 0 ? 1 : 0;
}
