import { testClient } from './matrix.js';

testClient('axios');
