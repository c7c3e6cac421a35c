import { awsConnect } from './aws-connect/aws-connect-platform.js';
import { cxone } from './cxone/cxone-platform.js';
import { genesys } from './genesys/genesys-platform.js';
import { twilio } from './twilio/twilio-platform.js';

/** All platforms, by name. */
export const PLATFORMS = { genesys, cxone, 'aws-connect': awsConnect, twilio };

export type PlatformName = keyof typeof PLATFORMS;
