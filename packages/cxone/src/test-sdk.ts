import { BrowserLikeWorker } from './test-worker.js';

/** What a page has and Node has not, as far as the SDK of the vendor asks for it when it is loaded. */
function storage(): Storage {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, String(value)),
    removeItem: (key) => void items.delete(key),
    clear: () => items.clear(),
    key: (at) => [...items.keys()][at] ?? null,
    get length() {
      return items.size;
    },
  };
}

function pretendToBeAPage(): void {
  const target = new EventTarget();
  const page = {
    localStorage: storage(),
    sessionStorage: storage(),
    window: Object.assign(target, { btoa, atob, crypto }),
    document: { addEventListener: () => undefined, createElement: () => ({}), cookie: '' },
    location: { href: 'https://page.test/', origin: 'https://page.test', search: '' },
    Worker: BrowserLikeWorker,
  };
  for (const [name, value] of Object.entries(page)) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}

/** The real SDK from the registry. It logs a lot; none of that is of use here. */
export async function loadSdk() {
  pretendToBeAPage();
  const core = await import('@nice-devone/core-sdk');
  const auth = await import('@nice-devone/auth-sdk');
  return { ...core, ...auth };
}
