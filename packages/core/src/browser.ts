export { tabStore, type TabStore, type TabStoreOptions } from './tabs/store.js';
