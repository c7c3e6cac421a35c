import { build } from '../../tsup.config.js';

export default build(['src/index.ts']);
