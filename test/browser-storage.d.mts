import type { Page } from 'playwright-core';

export function watchTokens(page: Page): Set<string>;
export function findInStorage(page: Page, values: readonly string[]): Promise<string[]>;
