import { build } from '../../tsup.config.js';

export default build(['src/index.ts', 'src/browser.ts', 'src/node.ts', 'src/testing.ts']);
