declare const HOLDLINE_TELEMETRY_VERSION: string | undefined;

/** Version of the package. The build inserts it; the sources have none. */
export const VERSION = typeof HOLDLINE_TELEMETRY_VERSION === 'undefined' ? '0.0.0' : HOLDLINE_TELEMETRY_VERSION;
