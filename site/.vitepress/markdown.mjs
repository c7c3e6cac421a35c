// What the site adds to Markdown. The pages stay plain Markdown, so that they read well in any viewer.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { docs, repositoryUrl, root } from './pages.mjs';

const isRelative = (href) => !/^([a-z]+:|\/|#)/i.test(href);

/** The path from the root of the repository to what a link of a page names. Undefined for links inside docs/ and to other sites. */
function pathOutside(href, page) {
  if (!isRelative(href)) return undefined;
  const [path, hash] = href.split('#');
  const file = resolve(join(docs, page, '..'), decodeURI(path));
  if (!relative(docs, file).startsWith('..')) return undefined;
  if (!existsSync(file)) throw new Error(`docs/${page}: the link ${href} leads to ${file}, which does not exist`);
  const kind = statSync(file).isDirectory() ? 'tree' : 'blob';
  return { kind, path: relative(root, file).split(sep).join('/'), hash: hash ? `#${hash}` : '' };
}

/** Links to files outside docs/ lead to the repository. If the metadata names no repository, they become plain text. */
function linkToRepository(md) {
  const repository = repositoryUrl();
  md.core.ruler.push('repository-links', ({ tokens, env }) => {
    for (const { children } of tokens) {
      if (!children) continue;
      let isRemoved = false;
      for (const token of children) {
        if (token.type === 'link_open') {
          const outside = pathOutside(token.attrGet('href'), env.relativePath);
          isRemoved = outside !== undefined && repository === undefined;
          if (outside && repository)
            token.attrSet('href', `${repository}/${outside.kind}/main/${outside.path}${outside.hash}`);
        }
        if (!isRemoved || !/^link_(open|close)$/.test(token.type)) continue;
        isRemoved = token.type === 'link_open';
        Object.assign(token, { type: 'text', tag: '', nesting: 0, content: '', attrs: null });
      }
    }
  });
}

/** SVG files become part of the page, so that they follow the colours of the page and not those of the system. */
function inlinePictures(md) {
  const { image } = md.renderer.rules;
  md.renderer.rules.image = (tokens, index, options, env, self) => {
    const token = tokens[index];
    const href = token.attrGet('src');
    if (!isRelative(href) || !href.endsWith('.svg')) return image(tokens, index, options, env, self);
    const alt = md.utils.escapeHtml(token.content);
    const svg = readFileSync(resolve(join(docs, env.relativePath, '..'), href), 'utf8')
      .replace(/<!--[\s\S]*?-->\s*/g, '')
      .replace(/<style>[\s\S]*?<\/style>\s*/, '')
      .replace('<svg ', `<svg v-pre class="picture" role="img" aria-label="${alt}" `)
      .replace(/\n\s*/g, ' ');
    return svg.trim();
  };
}

/** A fence such as ```js [app.mjs] shows the name of its file. */
function nameFences(md) {
  const { fence } = md.renderer.rules;
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const name = /\[([^\]]+)\]/.exec(tokens[index].info)?.[1];
    const html = fence(tokens, index, options, env, self);
    return name ? `<div class="file"><p class="file-name">${md.utils.escapeHtml(name)}</p>${html}</div>` : html;
  };
}

export function extendMarkdown(md) {
  linkToRepository(md);
  inlinePictures(md);
  nameFences(md);
}
