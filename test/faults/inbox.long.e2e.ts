import { testClient } from './matrix.js';

testClient('inbox');
