// What the site adds to Markdown. The pages stay plain Markdown, so that they read well in any viewer.
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { docs, fileUrl, root } from './pages.mjs';

const isRelative = (href) => !/^([a-z]+:|\/|#)/i.test(href);

/** The file outside docs/ that a link of a page names: its path in the repository, and the anchor. Undefined for all other links. */
function outsideOf(href, page) {
  if (!isRelative(href)) return undefined;
  const [path, hash] = href.split('#');
  const file = resolve(join(docs, page, '..'), decodeURI(path));
  if (!relative(docs, file).startsWith('..')) return undefined;
  if (!existsSync(file)) throw new Error(`docs/${page}: the link ${href} leads to ${file}, which does not exist`);
  return { path: relative(root, file).split(sep).join('/'), anchor: hash ? `#${hash}` : '' };
}

/** Links to files outside docs/ lead to the repository. While the metadata names no repository, they are plain text. */
function linkToRepository(md) {
  md.core.ruler.push('repository-links', ({ tokens, env }) => {
    for (const { children } of tokens) {
      if (!children) continue;
      let isRemoved = false;
      for (const token of children) {
        if (token.type === 'link_open') {
          const outside = outsideOf(token.attrGet('href'), env.relativePath);
          const url = outside && fileUrl(outside.path);
          isRemoved = outside !== undefined && url === undefined;
          if (url) token.attrSet('href', url + outside.anchor);
        }
        if (!isRemoved || !/^link_(open|close)$/.test(token.type)) continue;
        isRemoved = token.type === 'link_open';
        Object.assign(token, { type: 'text', tag: '', nesting: 0, content: '', attrs: null });
      }
    }
  });
}

/**
 * The SVG files of pages become part of the page, so that they follow the colours of the page and not those of the system. A picture that a
 * command drew has colours and a description of its own, and stays a file.
 */
function inlinePictures(md) {
  const { image } = md.renderer.rules;
  md.renderer.rules.image = (tokens, index, options, env, self) => {
    const token = tokens[index];
    const href = token.attrGet('src');
    if (!isRelative(href) || !href.endsWith('.svg')) return image(tokens, index, options, env, self);
    const alt = md.utils.escapeHtml(token.content);
    const source = readFileSync(resolve(join(docs, env.relativePath, '..'), href), 'utf8');
    if (source.includes('<title')) return image(tokens, index, options, env, self);
    const svg = source
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
