import { build } from '../../tsup.config.js';

export default build(['src/index.ts', 'src/browser.ts', 'src/testing.ts']);
