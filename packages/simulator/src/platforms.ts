import { cxone } from './cxone/cxone-platform.js';
import { genesys } from './genesys/genesys-platform.js';

/** The platforms there are. */
export const PLATFORMS = { genesys, cxone };

export type PlatformName = keyof typeof PLATFORMS;
