// Builds a page with Vite and serves it. The page can trigger actions on the server.
import { build, preview } from 'vite';
import { refuseWebStorage } from '../../scripts/web-storage/vite-plugin.mjs';

/**
 * @param root Folder of the page, with its vite.config.mjs.
 * @param platforms Content of `/platform.json`.
 * @param actions Functions by name. `POST /action/{name}` runs one.
 */
export async function servePage(root, platforms, actions) {
  process.env.NODE_ENV = 'production';
  // A check of this repository: the build fails if own code could keep a token in the browser.
  await build({ root, logLevel: 'error', plugins: [refuseWebStorage()] });
  const handleRequest = (request, response, next) => {
    if (request.url === '/platform.json') {
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(platforms));
      return;
    }
    const action = request.method === 'POST' && actions[request.url.replace('/action/', '')];
    if (!action) return next();
    action();
    response.writeHead(204).end();
  };
  const server = await preview({
    root,
    logLevel: 'error',
    preview: { port: 0, host: '127.0.0.1' },
    plugins: [{ name: 'platform', configurePreviewServer: ({ middlewares }) => void middlewares.use(handleRequest) }],
  });
  return { url: server.resolvedUrls.local[0], stop: () => server.close() };
}
