import { fileURLToPath } from 'node:url';

// This recipe links the packages of the repository, which are outside of its folder. An application needs no such setting.
const root = fileURLToPath(new URL('../../..', import.meta.url));

export default { turbopack: { root }, outputFileTracingRoot: root };
