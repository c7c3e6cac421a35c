import { cxone } from './cxone/cxone-platform.js';
import { genesys } from './genesys/genesys-platform.js';
import { twilio } from './twilio/twilio-platform.js';

/** All platforms, by name. */
export const PLATFORMS = { genesys, cxone, twilio };

export type PlatformName = keyof typeof PLATFORMS;
