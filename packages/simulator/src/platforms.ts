import { cxone } from './cxone/cxone-platform.js';
import { genesys } from './genesys/genesys-platform.js';

/** All platforms, by name. */
export const PLATFORMS = { genesys, cxone };

export type PlatformName = keyof typeof PLATFORMS;
