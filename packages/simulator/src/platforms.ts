import { genesys } from './genesys/platform.js';

/** The platforms there are. */
export const PLATFORMS = { genesys };

export type PlatformName = keyof typeof PLATFORMS;
