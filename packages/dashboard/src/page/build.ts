import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, transform, type Plugin } from 'esbuild';

/** The pages with their style and script inside. */
export interface BuiltPages {
  page: string;
  loginPage: string;
}

/**
 * Bundles the pages. Runs in the build of the package, and in its tests.
 *
 * @param directory - The directory of this file. A bundled copy of this function cannot know it.
 */
export async function buildPages(directory: string): Promise<BuiltPages> {
  const read = (name: string): Promise<string> => readFile(join(directory, name), 'utf8');
  const uplot = join(createRequire(join(directory, 'main.ts')).resolve('uplot'), '..');
  const [html, login, own, chart, licence, script] = await Promise.all([
    read('index.html'),
    read('login.html'),
    read('style.css'),
    readFile(join(uplot, 'uPlot.min.css'), 'utf8'),
    readFile(join(uplot, '../LICENSE'), 'utf8'),
    bundleScript(join(directory, 'main.ts')),
  ]);
  const { code: style } = await transform(`${chart}\n${own}`, { loader: 'css', minify: true });
  const notice = `<!-- The charts of this page are drawn by uPlot.\n\n${licence.trim()}\n-->`;
  return {
    page: insert(html, style, script).replace('</body>', () => `${notice}\n</body>`),
    loginPage: insert(login, style, ''),
  };
}

/** uPlot gives the language of the browser to `Intl`, which throws for languages such as `en-US@posix`. The default of `Intl` is the same. */
const acceptAnyLanguage: Plugin = {
  name: 'accept-any-language',
  setup({ onLoad }) {
    onLoad({ filter: /uPlot\.esm\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replace(
        "new Intl.NumberFormat(domEnv ? nav.language : 'en-US')",
        'new Intl.NumberFormat()',
      );
      if (contents === source) throw new Error('uPlot has changed: it no longer reads the language as expected');
      return { contents, loader: 'js' };
    });
  },
};

async function bundleScript(entry: string): Promise<string> {
  const monitor = createRequire(entry).resolve('@holdline/monitor/package.json');
  const describe = join(monitor, '../src/describe.ts');
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2022',
    platform: 'browser',
    legalComments: 'inline',
    // The page only needs the names of scopes and the sentences of calls. The whole monitor would bring the core with it.
    plugins: [acceptAnyLanguage],
    alias: { '@holdline/monitor': describe },
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  return outputFiles[0]?.text ?? '';
}

/** Functions as replacements, because `$&` in the text has no meaning then. */
function insert(html: string, style: string, script: string): string {
  return html
    .replace('/* STYLE */', () => style.trim())
    .replace('/* SCRIPT */', () => script.replaceAll('</script', '<\\/script').trim());
}
