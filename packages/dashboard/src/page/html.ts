import { buildPages } from './build.js';

// The build of the package replaces this module by its values. So the package has no file to read, and needs no esbuild.
const { page, loginPage } = await buildPages(import.meta.dirname);

/** The page of a dashboard. */
export const PAGE: string = page;
/** The page that asks for the token. */
export const LOGIN_PAGE: string = loginPage;
