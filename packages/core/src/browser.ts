export { tabStore, type TabStore, type TabStoreOptions } from './stores/tab-store.js';
