import { awsConnect } from './aws-connect/aws-connect-platform.js';
import { cxone } from './cxone/cxone-platform.js';
import { genesys } from './genesys/genesys-platform.js';

/** All platforms, by name. */
export const PLATFORMS = { genesys, cxone, 'aws-connect': awsConnect };

export type PlatformName = keyof typeof PLATFORMS;
