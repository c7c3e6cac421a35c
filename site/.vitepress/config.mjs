import { slugify } from '../slugify.mjs';
import { extendMarkdown } from './markdown.mjs';
import { fileUrl, makeSidebar } from './pages.mjs';
import { accessibleSearch } from './search.mjs';

const source = fileUrl('docs/:path');

export default {
  srcDir: '../docs',
  lang: 'en',
  title: 'Holdline',
  description: 'Rate limiting, safe retries, token refresh and circuit breaking under an existing API client.',
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/favicon.svg' }]],
  metaChunk: true,
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify },
    config: extendMarkdown,
  },
  vite: { plugins: [accessibleSearch()], build: { chunkSizeWarningLimit: 1500 } },
  themeConfig: {
    logo: '/logo.svg',
    nav: [
      { text: 'Getting started', link: '/getting-started' },
      { text: 'Options', link: '/reference/defaults' },
    ],
    sidebar: makeSidebar(),
    outline: [2, 3],
    search: { provider: 'local' },
    ...(source && { editLink: { pattern: source, text: 'Source of this page' } }),
  },
};
