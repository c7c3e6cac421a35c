import { testClient } from './matrix.js';

testClient('genesys');
