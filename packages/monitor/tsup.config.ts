import { build } from '../../tsup.config.js';

export default build(['src/index.ts', 'src/node.ts', 'src/register.ts']);
