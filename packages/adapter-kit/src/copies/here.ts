import { pathToFileURL } from 'node:url';

declare const __filename: string | undefined;

/** File URL of the built file, in both module formats. The CommonJS build has no `import.meta.url`. */
export const HERE: string = typeof __filename === 'string' ? pathToFileURL(__filename).href : import.meta.url;
