import { testClient } from './matrix.js';

testClient('cxone');
