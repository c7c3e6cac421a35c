// Builds a page with Vite and serves it, with the troubles that the page may ask for.
import { build, preview } from 'vite';

/**
 * @param root folder of the page, with its vite.config.mjs
 * @param platforms what `/platform.json` tells the page
 * @param troubles by name: what `POST /trouble/{name}` brings about
 */
export async function servePage(root, platforms, troubles) {
  process.env.NODE_ENV = 'production';
  await build({ root, logLevel: 'error' });
  const answer = (request, response, next) => {
    if (request.url === '/platform.json') {
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(platforms));
      return;
    }
    const trouble = request.method === 'POST' && troubles[request.url.replace('/trouble/', '')];
    if (!trouble) return next();
    trouble();
    response.writeHead(204).end();
  };
  const server = await preview({
    root,
    logLevel: 'error',
    preview: { port: 0, host: '127.0.0.1' },
    plugins: [{ name: 'platform', configurePreviewServer: ({ middlewares }) => void middlewares.use(answer) }],
  });
  return { url: server.resolvedUrls.local[0], stop: () => server.close() };
}
