/**
 * Records the tokens that a page sends, and reads all storage of its browser.
 * Call before the page makes its first request.
 */
export function watchTokens(page) {
  const tokens = new Set();
  page.context().on('request', (request) => {
    const [, token] = /^bearer (.+)$/i.exec(request.headers()['authorization'] ?? '') ?? [];
    if (token) tokens.add(token);
  });
  return tokens;
}

/** The places of the browser's storage that contain one of the values. */
export async function findInStorage(page, values) {
  const context = page.context();
  const kept = {};
  const { cookies, origins } = await context.storageState({ indexedDB: true });
  for (const { name, value } of cookies) kept[`cookie ${name}`] = value;
  for (const { localStorage, indexedDB = [] } of origins) {
    for (const { name, value } of localStorage) kept[`localStorage ${name}`] = value;
    for (const { name, ...content } of indexedDB) kept[`IndexedDB ${name}`] = JSON.stringify(content);
  }
  for (const [i, frame] of context
    .pages()
    .flatMap((one) => one.frames())
    .entries()) {
    const own = await frame.evaluate(async () => {
      const bodies = [];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) bodies.push(request.url, await (await cache.match(request)).text());
      }
      return {
        sessionStorage: JSON.stringify({ ...sessionStorage }),
        caches: bodies.join(),
        'window.name': window.name,
        'history.state': JSON.stringify(history.state),
        URL: location.href,
      };
    });
    for (const [name, text] of Object.entries(own)) kept[`${name} of frame ${i}`] = text ?? '';
  }
  return Object.entries(kept).flatMap(([place, text]) => (values.some((value) => text.includes(value)) ? [place] : []));
}
